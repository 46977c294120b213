/// bnc's version, as the banner of the generated C and the cache's keys say it.
package let bncVersion = "0.1.0"
