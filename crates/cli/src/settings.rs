//! The configuration file, read whole or refused with its line.

use std::path::Path;

use gapura_app::config::Config;

use crate::report::{Outcome, Stop, read};

/// Reads a configuration file.
pub(crate) fn load(path: &Path) -> Outcome<Config> {
    parse(&read(path)?).map_err(|(line, what)| {
        let mend = "Every setting is described in the file `config/gapura.toml` that ships.";
        Stop::usage(what, mend).at(format!("{}:{line}", path.display()))
    })
}

/// The configuration, or the line and what is wrong there. The line itself may hold a secret and is not repeated.
pub(crate) fn parse(text: &str) -> Result<Config, (usize, String)> {
    toml::from_str(text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        let before = text.as_bytes().iter().take(at);
        let line = 1 + before.filter(|byte| **byte == b'\n').count();
        (line, error.message().to_owned())
    })
}

#[cfg(test)]
mod tests {
    use gapura_app::config::Config;

    use super::parse;

    const SHIPPED: &str = include_str!("../../../config/gapura.toml");

    #[test]
    fn the_file_that_ships_says_the_defaults() {
        let shipped = parse(SHIPPED).unwrap();
        assert_eq!(format!("{shipped:#?}"), format!("{:#?}", Config::default()));
    }

    #[test]
    fn every_line_that_is_commented_out_can_be_taken_in() {
        let taken_in: String = SHIPPED
            .lines()
            .map(|line| line.strip_prefix("#: ").unwrap_or(line))
            .fold(String::new(), |text, line| text + line + "\n");
        if let Err((line, what)) = parse(&taken_in) {
            panic!("line {line}: {what}\n{taken_in}");
        }
    }

    #[test]
    fn a_fault_is_told_with_its_line_and_without_what_stands_there() {
        let (line, what) =
            parse("listen = \"127.0.0.1:8700\"\nretention_days = \"secret\"\n").unwrap_err();
        assert_eq!(line, 2);
        assert!(!what.contains("127.0.0.1"), "{what}");
        let (line, what) = parse("\n\nretention = 3\n").unwrap_err();
        assert_eq!(line, 3);
        assert!(what.contains("unknown field"), "{what}");
    }
}
