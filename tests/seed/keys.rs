//! Arguments as keys.

use ctu::{Args, full_hash_key, hash_json_key, json_key};
use serde::Serialize;

/// A Python call with keyword arguments.
#[derive(Serialize)]
struct Call<A, K> {
    #[serde(rename = "*", skip_serializing_if = "Option::is_none")]
    args: Option<A>,
    #[serde(rename = "**")]
    kwargs: K,
}

#[derive(Serialize)]
struct Keywords {
    hi: &'static str,
}

#[test]
fn test_cache_key() -> ctu::Result<()> {
    assert_eq!(json_key(&Args((&1, "hi")))?, r#"[1,"hi"]"#);
    assert_eq!(hash_json_key(&Args((&1, "hi")))?.as_ref(), r#"[1,"hi"]"#);
    assert_eq!(full_hash_key(&Args(("Hello World!",)))?, "j#jQnvD$Vrm{P2s(T`v8");

    // Rust has no keyword arguments; keys of Python programs that have can be made all the same.
    let both = Call { args: Some([1]), kwargs: Keywords { hi: "hello" } };
    assert_eq!(json_key(&both)?, r#"{"*":[1],"**":{"hi":"hello"}}"#);
    let keywords = Call { args: None::<()>, kwargs: Keywords { hi: "bj" } };
    assert_eq!(json_key(&keywords)?, r#"{"**":{"hi":"bj"}}"#);
    Ok(())
}
