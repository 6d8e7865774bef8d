//! The command line.

use std::ffi::OsString;
use std::path::PathBuf;

pub(crate) const USAGE: &str = "\
Usage: quickstart [--cached-only] [--store URL] [FILE..]

Spell-checks text and source files with a memoized function, then shows what the memoization was worth.
Without FILE, checks a sample of the Markdown and Rust files of the ctu workspace.

Options:
  --cached-only  skip the second, slower run, which measures the same work without the cache
  --store URL    keep the results for a day in the store at URL, where further runs find them:
                 redis://host:port or memcached://host:port (build with --features redis or memcached), or memory:
  -h, --help     show this help

Exit code: 0, or 1 if some of the files could not be read, or 2 if none could or the arguments make no sense.
";

/// What the user asked for.
#[derive(Debug)]
pub(crate) enum Command {
    Help,
    Check(Options),
}

#[derive(Debug, Default)]
pub(crate) struct Options {
    /// The files to check; none for the workspace's own.
    pub(crate) files: Vec<PathBuf>,
    /// Whether to skip the run without the cache.
    pub(crate) cached_only: bool,
    /// The url of a store that outlives the program.
    pub(crate) store: Option<String>,
}

/// Reads the arguments, the program's name left out.
///
/// # Errors
///
/// An option that does not exist or lacks its value, as a message for the user.
pub(crate) fn parse(mut args: impl Iterator<Item = OsString>) -> Result<Command, String> {
    let mut options = Options::default();
    while let Some(arg) = args.next() {
        match arg.to_str() {
            Some("-h" | "--help") => return Ok(Command::Help),
            Some("--cached-only") => options.cached_only = true,
            Some("--store") => options.store = Some(url(args.next())?),
            Some("--") => options.files.extend(args.by_ref().map(PathBuf::from)),
            Some(option) if option.starts_with('-') => return Err(format!("unknown option {option}")),
            _ => options.files.push(PathBuf::from(arg)),
        }
    }
    Ok(Command::Check(options))
}

fn url(arg: Option<OsString>) -> Result<String, String> {
    let url = arg.ok_or("--store needs a URL")?;
    url.into_string().map_err(|_| "the URL of --store is not UTF-8".to_owned())
}
