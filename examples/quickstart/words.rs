//! Cutting text and source code into words.

use std::ops::RangeInclusive;

/// Shorter words are rather abbreviations or variables than words that could be misspelt, longer ones rather data.
const LETTERS: RangeInclusive<usize> = 3..=40;

/// The first character after the Latin letters of Western languages.
const LATIN_END: char = '\u{250}';

/// The words of a line, in lower case: prose, and the parts of `snake_case` and `CamelCase` names.
///
/// Addresses (`https://..`), escapes (`\n`), anything with a digit (`0xff`, `u64`), words of fewer than three letters or
/// more than forty, and words in other alphabets are left out, and so is a possessive `'s`.
pub(crate) fn words(line: &str) -> Vec<String> {
    let mut found = Vec::new();
    for chunk in line.split_whitespace().filter(|chunk| !chunk.contains("://")) {
        let chunk = without_escapes(chunk);
        for token in chunk.split(|c: char| !c.is_alphanumeric() && c != '\'') {
            if !token.contains(|c: char| c.is_numeric()) {
                found.extend(camel_parts(token).filter_map(word));
            }
        }
    }
    found
}

/// `text` with straight apostrophes, and blanks for escape sequences.
fn without_escapes(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => {
                chars.next();
                plain.push(' ');
            }
            '’' => plain.push('\''),
            c => plain.push(c),
        }
    }
    plain
}

/// `HTTPServerName` as `HTTP`, `Server`, `Name`.
fn camel_parts(token: &str) -> impl Iterator<Item = &str> {
    let chars: Vec<(usize, char)> = token.char_indices().collect();
    let mut cuts = vec![0];
    for i in 1..chars.len() {
        let (before, (at, here), after) = (chars[i - 1].1, chars[i], chars.get(i + 1));
        let ends_acronym = before.is_uppercase() && after.is_some_and(|(_, c)| c.is_lowercase());
        if here.is_uppercase() && (before.is_lowercase() || ends_acronym) {
            cuts.push(at);
        }
    }
    cuts.push(token.len());
    (1..cuts.len()).map(move |i| &token[cuts[i - 1]..cuts[i]])
}

/// `part` as a word to check, if it is one: other alphabets than the Latin one are not for an English word list.
fn word(part: &str) -> Option<String> {
    let word = part.trim_matches('\'').to_lowercase();
    let word = word.strip_suffix("'s").unwrap_or(&word);
    let letters = word.chars().filter(|c| c.is_alphabetic()).count();
    (LETTERS.contains(&letters) && word.chars().all(|c| c < LATIN_END)).then(|| word.to_owned())
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn names_in_source_code_are_cut_into_words() {
        assert_eq!(
            words("fn read_many(HTTPServer: JsonStore<MAX_BYTES>)"),
            ["read", "many", "http", "server", "json", "store", "max", "bytes"]
        );
    }

    #[test]
    fn apostrophes_belong_to_contractions_only() {
        assert_eq!(
            words("'static it's the cache's don’t 'quoted' &'life str"),
            ["static", "the", "cache", "don't", "quoted", "life", "str"]
        );
    }

    #[test]
    fn numbers_addresses_escapes_and_oversize_or_tiny_words_are_left_out() {
        assert_eq!(words(&"acgt".repeat(11)), [""; 0]);
        assert_eq!(words(r#"0xdeadbeef u64 base85 https://example.org/path "\nline" to be 日本語"#), ["line"]);
    }
}
