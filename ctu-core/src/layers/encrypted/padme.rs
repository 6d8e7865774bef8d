//! Lengths that tell little: Padmé, after Nikitin and others, "Reducing Metadata Leakage from Encrypted Files".

/// The length to pad `len` bytes to: at most 12 % more, and one of few. `None`: more than memory can hold.
///
/// As many of the length's leading bits may be set as the number of its bits has bits.
pub(super) fn padme(len: usize) -> Option<usize> {
    let Some(exponent) = len.checked_ilog2() else { return Some(0) };
    let kept = exponent.checked_ilog2().map_or(0, |log| log + 1);
    len.checked_next_multiple_of(1 << (exponent - kept))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_grows_by_at_most_12_per_cent_to_one_of_few() {
        let mut classes = 0;
        let mut last = 0;
        for len in 1..2_000_000 {
            let padded = padme(len).unwrap();
            assert!(padded >= len && (padded - len) * 100 <= len * 12, "{len} becomes {padded}");
            assert!(padded >= last && padme(padded) == Some(padded));
            classes += usize::from(padded != last);
            last = padded;
        }
        assert!(classes < 400, "{classes}");
    }

    #[test]
    fn lengths_are_those_of_the_paper() {
        for (len, padded) in [(0, 0), (1, 1), (8, 8), (9, 10), (64, 64), (65, 72), (1_004, 1_024), (100_004, 100_352)] {
            assert_eq!(padme(len), Some(padded), "{len}");
        }
        assert_eq!(padme(usize::MAX), None);
    }
}
