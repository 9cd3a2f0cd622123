// Package browser tests the page in a real browser: Debian's Chromium, driven by
// playwright-core. tools/browser.sh installs what it needs; without it the tests
// are skipped. The cases are in page.test.mjs.
package browser
