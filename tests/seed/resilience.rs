//! A second level that fails.

use ctu::prelude::*;
use ctu::testing::Broken;
use ctu::{DictCache, ErrorKind};

#[test]
fn test_resilience() -> ctu::Result<()> {
    let d = DictCache::<String, String>::new();
    let value = "bla".to_owned();

    // Not resilient by default.
    let c = (&d).two_level(Broken::default());
    assert_eq!(c.set("foo", &value).unwrap_err().kind(), ErrorKind::Unavailable);
    assert_eq!(c.get("foo").unwrap_err().kind(), ErrorKind::Unavailable);
    assert_eq!(c.remove("foo").unwrap_err().kind(), ErrorKind::Unavailable);
    assert!(d.is_empty()?);

    let c = c.resilient(true);
    c.set("foo", &value)?;
    assert_eq!(c.get("foo")?.as_ref(), Some(&value));
    assert!(c.remove("foo")?);
    assert_eq!(c.get("foo")?, None);
    Ok(())
}
