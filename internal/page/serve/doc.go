// Package serve shows pages of runs in a browser on the same machine, also of a
// run that goes on.
//
// It listens on the loopback interface alone. Other users of the machine reach
// that too, and so does every site that a browser shows, so nothing is told
// without a key: the address that is printed holds it, the first request moves
// it into a cookie, and every request is asked for its Host and its origin
// before. Foreign text is escaped where pages are made, in package page.
//
// # Events
//
// GET /events/ID is a stream of server-sent events. An event's id is the last
// step of the run that was sent; a browser sends it back when it connects again
// (Last-Event-ID), and ?since=STEP says the same of a page that connects anew.
//
//	series    what page.Series returns of steps that are new. Of a curve it may
//	          hold steps that a page has, which the page leaves out: some
//	          figures come after those of later steps
//	fragment  {"id": ..., "v": ..., "html": ...}: a part of the page; v is a
//	          hash of html, so that who has it already need not replace it
//	done      the run has ended, and nothing more will come
//
// There are at most ten turns a second, and what happened between two of them
// is merged. GET /api/runs/ID/series?since=STEP returns the series alone.
package serve
