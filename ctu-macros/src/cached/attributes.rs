//! Which attribute of the function goes where.

use syn::{Attribute, Meta};

/// The function's attributes, by where they belong.
#[derive(Default)]
pub(crate) struct Attributes {
    /// The documentation.
    pub(crate) docs: Vec<Attribute>,
    /// Lints and conditions, which hold for all that is generated.
    pub(crate) everywhere: Vec<Attribute>,
    /// What is about calling the function or its original: `must_use`, `track_caller`.
    pub(crate) calls: Vec<Attribute>,
    /// What is about the function's name: `deprecated`, ...
    pub(crate) name: Vec<Attribute>,
    /// What is about computing: `inline`, and attributes of others, such as `tracing::instrument`.
    pub(crate) body: Vec<Attribute>,
}

impl Attributes {
    pub(crate) fn sort(attributes: &[Attribute]) -> Self {
        let mut sorted = Self::default();
        for attribute in attributes {
            sorted.place(attribute).push(attribute.clone());
        }
        sorted
    }

    /// Of these, the ones that hold for all that is generated.
    pub(crate) fn everywhere(attributes: &[Attribute]) -> Vec<Attribute> {
        Self::sort(attributes).everywhere
    }

    fn place(&mut self, attribute: &Attribute) -> &mut Vec<Attribute> {
        let is = |name: &str| attribute.path().is_ident(name);
        if is("doc") && matches!(attribute.meta, Meta::NameValue(_)) {
            &mut self.docs
        } else if ["allow", "warn", "deny", "forbid", "expect", "cfg"].into_iter().any(is) {
            &mut self.everywhere
        } else if ["must_use", "track_caller"].into_iter().any(is) {
            &mut self.calls
        } else if ["deprecated", "doc", "no_mangle", "export_name"].into_iter().any(is) {
            &mut self.name
        } else {
            &mut self.body
        }
    }
}
