/// bnc's version, as the banner of the generated C and the cache's keys say it. It is the next
/// release's with `-dev` between releases; CHANGELOG.md says what has changed since the last.
package let bncVersion = "0.2.0-dev"

/// Where mistakes of bnc are reported, as the messages about them say it.
package let bncReports = "as an issue where you have bnc from"
