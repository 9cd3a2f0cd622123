package dataset

// A SettingError is an error about one of the settings that say how a data set
// is read or prepared, so that whoever wrote them can be shown the place.
type SettingError struct {
	Key  string // "exclude", "split", "transform.city", as below data in an experiment file
	Name string // the column that it names and that is wrong, or ""
	Err  error
}

func (e *SettingError) Error() string { return e.Err.Error() }

// Unwrap returns what is wrong with the setting.
func (e *SettingError) Unwrap() error { return e.Err }
