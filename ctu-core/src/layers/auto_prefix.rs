//! A prefix that nobody has to think of: [`AutoPrefixedCache`].

use std::sync::atomic::{AtomicU64, Ordering};

use super::prefix::{Prefix, PrefixedCache};
use crate::{Encoding, Error, ErrorKind, Result};

/// A cache whose keys have a prefix of their own in the store below: the next number of a counter of the process.
///
/// Made by [`StackExt::auto_prefixed`](crate::StackExt::auto_prefixed), or with a [`Prefix`] from [`Prefix::auto`]. The
/// numbers follow the order in which caches are made: they differ between programs, and between runs where that order
/// is not fixed. So this is for stores that live and die with the process; in a server's, which processes share, give
/// each cache a name with [`prefixed`](crate::StackExt::prefixed).
///
/// # Examples
///
/// ```
/// use ctu_core::{Cache, LockedCache, StackExt, Ttl};
/// use std::collections::HashMap;
///
/// let store = LockedCache::new(HashMap::<String, u32>::new());
/// let (squares, cubes) = ((&store).auto_prefixed(), (&store).auto_prefixed());
/// squares.put("3", &9, Ttl::Default)?;
/// assert_eq!(cubes.get("3")?, None);
/// assert!(squares.map().as_str().ends_with('.'));
/// # Ok::<(), ctu_core::Error>(())
/// ```
pub type AutoPrefixedCache<C> = PrefixedCache<C>;

/// The number of the next automatic prefix.
static NEXT: AtomicU64 = AtomicU64::new(0);

impl Prefix {
    /// The next automatic prefix: the big-endian bytes of a number of this process, encoded, and a separator, as the
    /// Python library writes it with `sep` and `method`.
    ///
    /// A number is passed over if its text contains the separator (as some Ascii85 texts contain `.`), so that no such
    /// prefix is the beginning of another. Over one store, use one encoding and one separator.
    ///
    /// # Errors
    ///
    /// `Config` if the separator is empty, or contained in most texts of the encoding: prefixes could not be told apart.
    ///
    /// # Examples
    ///
    /// ```
    /// use ctu_core::{Encoding, Prefix};
    ///
    /// let (a, b) = (Prefix::auto(Encoding::B16, "/")?, Prefix::auto(Encoding::B16, "/")?);
    /// assert_ne!(a.as_str(), b.as_str());
    /// # Ok::<(), ctu_core::Error>(())
    /// ```
    pub fn auto(encoding: Encoding, separator: &str) -> Result<Self> {
        /// More numbers in a row than that contain no reasonable separator.
        const TRIES: usize = 1_000;
        (0..TRIES).find_map(|_| numbered(NEXT.fetch_add(1, Ordering::Relaxed), encoding, separator)).ok_or_else(|| {
            Error::new(
                ErrorKind::Config,
                "the separator of an automatic prefix is empty or part of every encoded number: take one that is no \
                 digit of the encoding, such as \".\"",
            )
        })
    }

    /// The next automatic prefix in base 64, before a dot.
    pub(crate) fn auto_default() -> Self {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        Self::new(text(number, Encoding::default(), ".")) // a dot is no digit of base 64
    }
}

/// The prefix of this number, unless the separator is in it before its end.
fn numbered(number: u64, encoding: Encoding, separator: &str) -> Option<Prefix> {
    let prefix = text(number, encoding, separator);
    let is_told_apart = !separator.is_empty() && prefix.find(separator) == Some(prefix.len() - separator.len());
    is_told_apart.then(|| Prefix::new(prefix))
}

/// The number's bytes, without leading zeros but at least one, encoded, and the separator.
fn text(number: u64, encoding: Encoding, separator: &str) -> String {
    let bytes = number.to_be_bytes();
    let zeros = (number.leading_zeros() as usize / 8).min(bytes.len() - 1);
    encoding.encode(&bytes[zeros..]) + separator
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::StackExt;

    const ALL: [Encoding; 7] =
        [Encoding::B64, Encoding::B64u, Encoding::B32, Encoding::B32x, Encoding::B16, Encoding::A85, Encoding::B85];

    #[test]
    fn the_text_is_that_of_the_python_library() {
        for (number, expected) in [
            (0, ["AA==.", "AA==.", "AA======.", "00======.", "00.", "!!.", "00."]),
            (255, ["/w==.", "_w==.", "74======.", "VS======.", "FF.", "rr.", "{{."]),
            (256, ["AQA=.", "AQA=.", "AEAA====.", "0400====.", "0100.", "!<<.", "0RR."]),
            (16_777_216, ["AQAAAA==.", "AQAAAA==.", "AEAAAAA=.", "0400000=.", "01000000.", "!<<*\".", "0RR91."]),
        ] {
            assert_eq!(ALL.map(|encoding| text(number, encoding, ".")), expected, "{number}");
        }
        assert_eq!(text(u64::MAX, Encoding::B16, "|"), "FFFFFFFFFFFFFFFF|");
    }

    #[test]
    fn law5_apart_no_automatic_prefix_is_the_beginning_of_another() {
        for encoding in ALL {
            let prefixes: BTreeSet<_> =
                (0..70_000).filter_map(|number| Some(numbered(number, encoding, ".")?.as_str().to_owned())).collect();
            assert!(prefixes.len() > 60_000);
            // In order, a beginning is right before what it is the beginning of.
            let mut neighbours = prefixes.iter().zip(prefixes.iter().skip(1));
            assert!(neighbours.all(|(a, b)| !b.starts_with(a)), "{encoding:?}");
        }
    }

    #[test]
    fn a_separator_that_can_not_separate_is_refused() {
        assert_eq!(Prefix::auto(Encoding::B64, "").unwrap_err().kind(), ErrorKind::Config);
        assert!(Prefix::auto(Encoding::A85, ".").unwrap().as_str().ends_with('.'));
    }

    #[test]
    fn each_cache_has_a_prefix_of_its_own() {
        let (a, b) = ((&()).auto_prefixed(), (&()).auto_prefixed());
        assert_ne!(a.map().as_str(), b.map().as_str());
    }
}
