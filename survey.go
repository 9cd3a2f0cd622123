package nnvet

// A Survey is what a sample of training rows, inputs beside their targets,
// tells beyond the moments of single columns. The rows themselves stay in the
// process that trains. A figure that was not measured is NaN, and a count 0.
type Survey struct {
	Site    string // the network that was fed
	Head    string // the loss that the targets are of; "" where none were seen
	Rows    int    // distinct rows in the sample
	Of      int    // columns in all; Columns may be a sample of them
	Columns []Feature

	// The condition numbers of the covariance and of the correlation of the
	// columns, both shrunk by a ridge of 1e-6 of their mean variance: what
	// standardizing cures, and what it leaves.
	Covariance, Correlation float64
	// Directions that hold more than 1e-4 of the variance of the standardized
	// columns, and of the targets.
	InputRank, TargetRank int

	Smooth Smoothness
	Wraps  []Wrap

	// Order is the correlation of each row's target with the next one's, in the
	// order in which rows were first fed: 0 where they are shuffled, near 1 where
	// they are sorted. Of classes, the share of neighbours of one class, less
	// what chance gives, over what chance leaves.
	Order         float64
	Repeated      int // rows whose inputs and targets equal those of an earlier one
	Contradicting int // rows whose inputs equal those of an earlier one, with another target
	Overlap       Overlap

	Frames      []Frame
	Quaternions []Quaternion
	// Brightness is the share of the variance of three channels along their
	// first principal component; NaN where the inputs are no colour images.
	Brightness float64
}

// A Feature is one column of a survey.
type Feature struct {
	Index     int
	Name      string  // "" where the recorder knows none
	Distinct  int     // different values
	Mode      float64 // the most frequent value
	ModeShare float64 // its share of the rows
	Median    float64
	MAD       float64 // median absolute deviation from the median
	Tail      float64 // share of values further from the median than 8 times 1.4826 MAD
	MaxZ      float64 // largest distance from the mean, in standard deviations
	Skew      float64 // third standardized moment
	Rising    float64 // of the successive rows, as first fed, between which it changes, the share at which it rises
	// Spike is the smallest or the largest value where it occurs more than once
	// and lies apart: how many interquartile ranges of the others lie between it
	// and the nearest of them (SpikeGap), and what share of rows have it.
	Spike, SpikeShare, SpikeGap float64

	// What the column alone tells about the targets.
	Alone float64 // share of their variance that the means of 20 bins of equal count explain, corrected for chance
	// Of whole-numbered columns of 3 values or more, at most a fifth as many as
	// rows: von Neumann's ratio of the means per value, in the order of the values
	// (about 1 where the order means nothing, near 0 where it does), and the share
	// of the variance of the targets that is within values.
	Rough, Within float64
	// Seam is the jump of the mean target from the highest fiftieth of the values
	// to the lowest, over the mean jump between neighbouring fiftieths: about 1
	// where the column comes round to where it began.
	Seam float64
}

// Smoothness is whether rows that are alike have targets that are alike.
type Smoothness struct {
	// Ratio is the mean squared difference of a row's target and its nearest
	// neighbour's, over twice the variance of the targets: 1 where inputs say
	// nothing about them (delta test). Of classes, the share of neighbours of
	// another class over what chance gives.
	Ratio float64
	// P is the share of random pairings of inputs and targets, this one
	// included, whose ratio is as small.
	P            float64
	Permutations int
}

// A Wrap is how much smoother a target becomes as the sine and cosine of its
// angle over a period.
type Wrap struct {
	Output int
	Period float64
	Ratio  float64 // of the smoothness ratios before and after
	Low    float64 // lower end of its 95 % interval, from a bootstrap over rows
}

// An Overlap compares validation rows with the sample of training rows.
type Overlap struct {
	Rows     int     // validation rows looked at
	Shared   int     // those whose inputs equal a training row's in the sample
	Coverage float64 // share of the training rows that are in the sample
	Outside  float64 // share of validation rows of which a column lies outside the sample's range
	NewPairs float64 // share of validation rows with a pair of categories that no row of the sample has
	AUC      float64 // of a linear classifier that tells the splits apart, on rows that it was not fitted to
}

// A Frame is a group of columns that are points in space, J of them, and how
// much of their variance moves or turns all of them alike.
type Frame struct {
	Group       string
	Columns     []int
	Dim         int     // 2 or 3
	Translation float64 // share of the variance that is the centroid's; 1/J where points are independent
	Rotation    float64 // share of the variance about the centroid that turning each row removes (Procrustes)
}

// A Quaternion is a group of four columns of norm 1.
type Quaternion struct {
	Column int     // the first of them
	Flips  float64 // share of rows whose nearest neighbour in the other columns has nearly the opposite sign
}

// SurveyOf returns the survey of the rows that were fed to a network, or nil.
func (t *Trace) SurveyOf(site string) *Survey {
	return find(t.Surveys, func(s *Survey) bool { return s.Site == site })
}
