//! Keys and values that are easily spoilt or mixed up on the way.

/// The longest odd key, in bytes.
const LONG_KEY: usize = 10_000;

/// Text that a store, a protocol or a layer may take for something else, or for each other.
pub(super) fn odd_texts() -> Vec<String> {
    let space = ["", " ", "  ", "\t", "\n", "\r\n", "\0", "a", "a ", " a", "a b", "a\n", "a\r\n", "a\0", "a\0b"];
    let alike = ["A", "aa", "aaa", "a:", "a:b", "a.b", "a/b", "../a", "%61", "YQ==", "61", "\"a\"", "a\r\nget b\r\n"];
    let meaning = ["a*", "a?", "[a]", "{a}", "{a}b", "\\", "'", "null", "0", "-1", "\u{1b}[0m", "\u{7f}"];
    let unicode = ["\u{e9}", "e\u{301}", "\u{df}", "ss", "\u{feff}a", "日本語", "\u{1f980}", "\u{10ffff}"];
    let lists: [&[&str]; 4] = [&space, &alike, &meaning, &unicode];
    let mut odd: Vec<String> = lists.concat().into_iter().map(str::to_owned).collect();
    for (length, last) in [(249, "a"), (250, "a"), (251, "a"), (251, "b"), (LONG_KEY, "a"), (LONG_KEY, "b")] {
        odd.push("k".repeat(length - 1) + last);
    }
    odd
}

/// Bytes as [`odd_texts`], and such as are no text.
pub(super) fn odd_bytes() -> Vec<Vec<u8>> {
    let mut odd: Vec<_> = odd_texts().into_iter().map(String::into_bytes).collect();
    odd.extend([vec![0xff], vec![0xfe], vec![0xc3], vec![0xc0, 0x80], vec![0xed, 0xa0, 0x80], vec![b'a', 0xff]]);
    odd.extend([vec![0; 2], vec![0; 3], (0..=255).collect()]);
    odd
}

/// The ends of the range, and what a float does not hold exactly.
pub(super) fn odd_numbers() -> Vec<u64> {
    let exact = 1 << 53;
    vec![0, 1, 10, 100, 256, exact - 1, exact, exact + 1, i64::MAX as u64, 1 << 63, u64::MAX - 1, u64::MAX]
}

/// Text that no codec can fold into itself: every part of it differs from the others.
pub(super) fn long_text(bytes: usize) -> String {
    let mut text = String::with_capacity(bytes + 20);
    let mut n = 0_u64;
    while text.len() < bytes {
        n = n.wrapping_add(0x9e37_79b9_7f4a_7c15);
        text.push_str(&n.to_string());
    }
    text.truncate(bytes); // digits, so at a boundary
    text
}

/// Bytes of all values, in an order that does not repeat soon.
pub(super) fn long_bytes(bytes: usize) -> Vec<u8> {
    let mut state = 1_u32;
    let step = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_be_bytes()[0]
    };
    std::iter::repeat_with(step).take(bytes).collect()
}
