package kernel

import "golang.org/x/sys/cpu"

//go:generate go run -C gen . -pkg kernel -out ../vectors_amd64.s -stubs ../vectors_amd64.go

// vectorSets asks what the processor can do and the system saves.
func vectorSets() []*Set {
	var sets []*Set
	x := &cpu.X86
	base := x.HasAVX2 && x.HasFMA && x.HasBMI2 && x.HasPOPCNT
	if base && x.HasAVX512F && x.HasAVX512VL && x.HasAVX512BW && x.HasAVX512DQ {
		sets = append(sets, avx512())
	}
	if base {
		sets = append(sets, avx2())
	}
	return sets
}

func avx2() *Set {
	b := &tiled{lanes: 8,
		whole: [2][]tile{
			{whole1x1AVX2, whole2x1AVX2, whole3x1AVX2, whole4x1AVX2, whole5x1AVX2, whole6x1AVX2, whole7x1AVX2, whole8x1AVX2, whole9x1AVX2, whole10x1AVX2, whole11x1AVX2, whole12x1AVX2},
			{whole1x2AVX2, whole2x2AVX2, whole3x2AVX2, whole4x2AVX2, whole5x2AVX2, whole6x2AVX2}},
		edge: [2][]tile{
			{edge1x1AVX2, edge2x1AVX2, edge3x1AVX2, edge4x1AVX2, edge5x1AVX2, edge6x1AVX2, edge7x1AVX2, edge8x1AVX2, edge9x1AVX2, edge10x1AVX2, edge11x1AVX2, edge12x1AVX2},
			{edge1x2AVX2, edge2x2AVX2, edge3x2AVX2, edge4x2AVX2, edge5x2AVX2, edge6x2AVX2}},
	}
	return &Set{
		Name:   "avx2",
		matMul: b.matMul, matMulNT: b.matMulNT,
		addBias: addBiasAVX2, addBiasReLU: addBiasReLUAVX2,
		reluGradBias: reluGradBiasAVX2, columnSums: columnSumsAVX2,
		softmaxRows: softmaxRowsAVX2,
		add:         addAVX2, sub: subAVX2, mul: mulAVX2,
		scale: scaleAVX2, addScaled: addScaledAVX2,
		relu: reluAVX2, reluGrad: reluGradAVX2,
		exp: expAVX2, tanh: tanhAVX2, sigmoid: sigmoidAVX2, erf: erfAVX2,
		dot: dotAVX2, sums: sumsAVX2, max: maxAVX2, stats: statsAVX2,
		momentum: momentumAVX2, nesterov: nesterovAVX2,
		rmsProp: rmsPropAVX2, adam: adamAVX2,
	}
}

func avx512() *Set {
	b := &tiled{lanes: 16,
		whole: [2][]tile{
			{whole1x1AVX512, whole2x1AVX512, whole3x1AVX512, whole4x1AVX512, whole5x1AVX512, whole6x1AVX512, whole7x1AVX512, whole8x1AVX512, whole9x1AVX512, whole10x1AVX512, whole11x1AVX512, whole12x1AVX512},
			{whole1x2AVX512, whole2x2AVX512, whole3x2AVX512, whole4x2AVX512, whole5x2AVX512, whole6x2AVX512, whole7x2AVX512, whole8x2AVX512, whole9x2AVX512, whole10x2AVX512, whole11x2AVX512, whole12x2AVX512}},
		edge: [2][]tile{
			{edge1x1AVX512, edge2x1AVX512, edge3x1AVX512, edge4x1AVX512, edge5x1AVX512, edge6x1AVX512, edge7x1AVX512, edge8x1AVX512, edge9x1AVX512, edge10x1AVX512, edge11x1AVX512, edge12x1AVX512},
			{edge1x2AVX512, edge2x2AVX512, edge3x2AVX512, edge4x2AVX512, edge5x2AVX512, edge6x2AVX512, edge7x2AVX512, edge8x2AVX512, edge9x2AVX512, edge10x2AVX512, edge11x2AVX512, edge12x2AVX512}},
	}
	return &Set{
		Name:   "avx512",
		matMul: b.matMul, matMulNT: b.matMulNT,
		addBias: addBiasAVX512, addBiasReLU: addBiasReLUAVX512,
		reluGradBias: reluGradBiasAVX512, columnSums: columnSumsAVX512,
		softmaxRows: softmaxRowsAVX512,
		add:         addAVX512, sub: subAVX512, mul: mulAVX512,
		scale: scaleAVX512, addScaled: addScaledAVX512,
		relu: reluAVX512, reluGrad: reluGradAVX512,
		exp: expAVX512, tanh: tanhAVX512, sigmoid: sigmoidAVX512, erf: erfAVX512,
		dot: dotAVX512, sums: sumsAVX512, max: maxAVX512, stats: statsAVX512,
		momentum: momentumAVX512, nesterov: nesterovAVX512,
		rmsProp: rmsPropAVX512, adam: adamAVX512,
	}
}
