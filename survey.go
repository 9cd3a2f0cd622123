package nnvet

// A Survey is what a sample of training rows, inputs beside their targets,
// tells beyond the moments of single columns. The rows themselves stay in the
// process that trains. A figure that was not measured is NaN, and a count 0.
//
// The sample is of at most 1500 training rows as first fed, in their order. Rows
// with a number that is not finite are left out, and so is a row that equals an
// earlier one in inputs and targets: it counts as repeated, and no other figure
// is of it. Of fewer than 64 rows there are only Rows, Of, Repeated,
// Contradicting, and of Overlap the first three; so it is where inputs are
// indices of tokens, with Order.
//
// Means, variances and standard deviations are over rows, divided by their
// number; quantiles are interpolated between neighbours (type 7 of Hyndman and
// Fan). Standardized means less the mean, over the standard deviation, by those
// of the sample; what is constant is left out. The targets are coordinates:
// numbers standardized, output by output; of classes, an indicator of each, as
// it is. Their variance is the sum over coordinates, and their differences are
// Euclidean.
type Survey struct {
	Site    string    // the network that was fed
	Head    string    // the loss that the targets are of; "" where none were seen
	Rows    int       // rows in the sample, no two of them equal
	Of      int       // columns in all
	Columns []Feature // all, or some at equal distances: at most 256

	// The condition numbers, largest eigenvalue over smallest, of the covariance
	// and of the correlation of the columns that are not constant. To the diagonal
	// is added a ridge of 1e-6 of its mean. The one is what standardizing cures, the
	// other what it leaves.
	Covariance, Correlation float64
	// Directions (eigenvectors of the correlation) that hold more than 1e-4 of the
	// variance of the standardized columns, and of the standardized outputs. Of
	// classes, TargetRank is those that occur less one.
	InputRank, TargetRank int
	// TargetZ is the largest distance of a target that is a number from the mean of
	// its output, in standard deviations; NaN of classes, and of constants.
	TargetZ float64

	Smooth Smoothness
	Wraps  []Wrap // of outputs that are numbers, the first 8 of them

	// Order is the correlation of each row's target with the next one's, in the
	// order in which rows were first fed: 0 where they are shuffled, near 1 where
	// they are sorted. It is the mean product of the coordinates of the two over
	// the variance of the targets. Of classes, the share of neighbours of one class, less
	// what chance gives, over what chance leaves; chance is the sum of the squared
	// shares of the classes.
	Order         float64
	Repeated      int // rows whose inputs and targets equal those of an earlier one
	Contradicting int // rows whose inputs equal those of an earlier one, with another target
	Overlap       Overlap

	Frames      []Frame
	Quaternions []Quaternion
	// Brightness is the share of the variance of three channels, over all pixels
	// of the rows, along their first principal component; NaN where the inputs are
	// no colour images.
	Brightness float64
}

// A column is whole-numbered whose values are whole, now or before they were
// scaled, where the recorder knows how; and one of 3 values or more that stand on
// a grid: each a multiple of one step from the least, within a hundredth of a
// step. The step is the smallest gap between two values, made so exact that the
// grid ends at the largest; the grid has at most 10 places for every value.

// A Feature is one column of a survey. Of images, what concerns targets (Alone
// and what follows it) is not measured.
type Feature struct {
	Index     int
	Name      string  // "" where the recorder knows none
	Distinct  int     // different values
	Mode      float64 // the most frequent value, the smallest of several
	ModeShare float64 // its share of the rows
	Median    float64
	MAD       float64 // median absolute deviation from the median
	Tail      float64 // share of values further from the median than 8 times 1.4826 MAD; NaN where that is 0
	// Scale and Shift say what its numbers were before they were scaled: x*Scale +
	// Shift. The scale is 0 or NaN where that is not so, or not known, as of a program.
	Scale, Shift float64
	MaxZ         float64 // largest distance from the mean, in standard deviations; NaN of a constant
	Skew         float64 // third standardized moment; NaN of a constant
	Rising       float64 // of the successive rows between which it changes, the share at which it rises; NaN of fewer than 8 of them
	// Spike is the smallest or the largest value where it occurs more than once
	// and lies apart: how many interquartile ranges of the others lie between it
	// and the nearest of them (SpikeGap), and what share of rows have it. The others
	// are all rows with another value, 8 at least, and their interquartile range is
	// not 0; of two such values it is the one with the larger gap.
	Spike, SpikeShare, SpikeGap float64

	// What the column alone tells about the targets. Bins of equal count: a value
	// that r of the n rows lie below is in bin floor(bins*r/n), so equal values
	// share one; empty bins do not count. A constant tells nothing: NaN.
	//
	// Alone is the share s of the variance of the targets that the means of 20
	// bins explain, corrected for chance: 1 - (1-s)*(n-1)/(n-b) of b bins. It may be
	// a little below 0.
	Alone float64
	// Of whole-numbered columns of 3 values or more, at most a fifth as many as
	// rows: von Neumann's ratio of the mean targets m per value, in the order of
	// the values and of those that 5 rows or more have: the mean of (m[i+1]-m[i])²
	// over twice the variance of m, each value counting once (about 1 where the
	// order means nothing, near 0 where it does). Then the share of the variance of
	// the targets that is within values.
	Rough, Within float64
	// Seam is the jump of the mean target from the highest of 50 bins of the values
	// to the lowest, over the mean jump between neighbouring ones: about 1
	// where the column comes round to where it began. Of 250 rows and 5 bins or more.
	Seam float64
}

// Smoothness is whether rows that are alike have targets that are alike. Alike
// are nearest neighbours, by Euclidean distance of the standardized columns; of
// several it is the first.
type Smoothness struct {
	// Ratio is the mean squared difference of a row's target and its nearest
	// neighbour's, over twice the variance of the targets: 1 where inputs say
	// nothing about them (delta test). Of classes, the share of neighbours of
	// another class over what chance gives.
	Ratio float64
	// P is the share of random pairings of inputs and targets, this one
	// included, whose ratio is as small.
	P            float64
	Permutations int // 99; 0 where it was not measured
}

// A Wrap is how much smoother a target becomes as the sine and cosine of its
// angle over a period: of pi, 2 pi, 7, 12, 24, 52, 60, 180, 360 and 365.25 those
// of which the target's range is 0.8 to 1.03; and, unless one of these is within
// 0.03 of it, its own: its range, and one step more where its values stand on a
// grid, if each tenth of the range holds 0.02 to 0.25 of the rows. (What was
// scaled has no other; what was cut off, or thins out, is no circle.)
type Wrap struct {
	Output int
	Period float64
	Ratio  float64 // of the smoothness ratios before and after; sine and cosine are as they are, not standardized
	Low    float64 // lower end of its 95 % interval, from a bootstrap over rows and their neighbours with the variances held, and the number of those that differ by more than half a period, if they are 8 or more
}

// An Overlap compares validation rows, at most 1500, with training rows.
type Overlap struct {
	Rows     int     // validation rows looked at; those that are not finite are left out
	Shared   int     // those whose inputs equal a training row's
	Coverage float64 // share of the training rows that they were so compared with: those of the sample, or more
	// Outside is the share of validation rows of which a column lies outside the
	// sample's range, and NewPairs that with a pair of categories that no row of
	// the sample has; each less the share of the sample's rows of which that is so
	// against all others of it, and not below 0. Categories are the first 32 of the
	// columns that are whole-numbered with 2 to 50 values, at most a fifth as many as rows.
	// NaN without two of them.
	Outside, NewPairs float64
	// AUC is that of a linear classifier that tells the splits apart, on rows that
	// it was not fitted to; of 64 rows or more of both. It is the mean of two: fitted to the 1st, 3rd ...
	// row of either split and tried on the others, and the other way round. Columns
	// are standardized over the rows of both; it is ridge regression, with an
	// intercept, to 1 of validation and 0 of training rows, that minimizes the mean
	// squared error plus 0.1 of the squared weights.
	AUC float64
}

// A Frame is a group of columns that are points in space, J of them, and how
// much of their variance moves or turns all of them alike. Points are columns
// whose names differ in an x, y or z alone: hip_x, hip_y. They are a group where it
// was declared, and else all together; in declared columns without names, each
// three are a point, or else each two.
type Frame struct {
	Group       string // its name where it was declared, else ""
	Columns     []int
	Dim         int     // 2 or 3
	Translation float64 // J times the variance of the centroid over that of all points: the share that is the centroid's; 1/J where points are independent
	// Rotation is the share of the variance about the centroid that turning each row
	// removes (generalized Procrustes, from the first row on, 10 rounds), less what
	// it removes where each column is shuffled by itself (and rows are centred again),
	// over what that leaves: about 0 where points are independent.
	Rotation float64
}

// A Quaternion is a group of four columns one after another whose squares add
// up to 1, but for 0.001, in every row, and that are not all 0 and 1.
type Quaternion struct {
	Column int     // the first of them
	Flips  float64 // share of rows whose nearest neighbour in the other columns, standardized, has nearly the opposite sign: a product below -0.9; of the first 500 rows; NaN without other columns
}

// SurveyOf returns the survey of the rows that were fed to a network, or nil.
func (t *Trace) SurveyOf(site string) *Survey {
	return find(t.Surveys, func(s *Survey) bool { return s.Site == site })
}
