//! Canonical JSON: one text for each value, the same that Python writes.
//!
//! The text is what `json.dumps(value, sort_keys=True, separators=(",", ":"))` gives, byte for byte, so that programs
//! in both languages share keys and values. What JSON would not give back as it was is refused, never changed.

mod compound;
mod embedded;
mod float;
mod key;
mod keys;
mod order;
mod refusal;
mod text;
mod writer;

use serde_core::ser::Serialize;

use crate::Result;

pub use keys::{HashJsonKey, full_hash_key, hash_json_key, json_key};

/// Appends the canonical JSON text of `value` to `out`, which may hold a prefix already.
///
/// The text is ASCII, compact, and the same for equal values: objects have their keys sorted (numbers by value, texts
/// by code point, as Python does), floats have the fewest digits that read back the same. Structs and externally tagged
/// enums look as `serde_json` writes them, bytes are an array of numbers.
///
/// # Errors
///
/// `Codec`, and `out` is as before, if the text would not give back the value: NaN and infinities, a `Some` whose
/// content is null, two equal keys in a map, a null or compound key, texts and numbers as keys of one map, or more than
/// 127 nested arrays and objects. Also if the value's own `Serialize` fails. The message never quotes the value.
///
/// # Examples
///
/// ```
/// use std::collections::HashMap;
///
/// let mut text = "v1:".to_owned();
/// ctu_core::write_json(&mut text, &HashMap::from([(10, 'é'), (9, 'a')]))?;
/// assert_eq!(text, r#"v1:{"9":"a","10":"\u00e9"}"#);
/// # Ok::<(), ctu_core::Error>(())
/// ```
pub fn write_json<T: Serialize + ?Sized>(out: &mut String, value: &T) -> Result<()> {
    let start = out.len();
    writer::JsonWriter::write(out, value).map_err(|refusal| {
        out.truncate(start);
        refusal.into_error()
    })
}
