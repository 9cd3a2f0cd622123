// Package experiment reads the experiment file: YAML that says what to train
// on which data. What it leaves out has a default, so that two keys suffice,
// and the tables that it is read by also give the schema for editors, the
// page of keys and the file that `nnvet init` writes.
//
// A [File] says what the user wants; [File.Plan] makes it an engine.Spec once
// the data is known. Every value knows its place, so that findings quote it
// and edits change it.
package experiment
