//! Turns `ui/dist` into a table that the binary carries.
//!
//! The interface's build writes `manifest.json`: each served file with the hash of its content, its media type and
//! the encodings that stand beside it. Files that are not served (the poster's fonts) are carried as bytes.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

#[derive(serde::Deserialize)]
struct Entry {
    hash: String,
    #[serde(rename = "type")]
    content_type: String,
    served: bool,
    encodings: Vec<String>,
}

/// Writes the Rust of the table, or says in one sentence what to do first.
pub(crate) fn generate(dist: &Path) -> Result<String, String> {
    let manifest = fs::read_to_string(dist.join("manifest.json"))
        .map_err(|_| "the interface has not been built yet: run `cargo xtask ui` first (or `npm ci && npm run build` in the folder ui)".to_owned())?;
    let entries: BTreeMap<String, Entry> = serde_json::from_str(&manifest)
        .map_err(|error| format!("ui/dist/manifest.json: {error}"))?;
    let mut table = String::from(
        "/// Every file of the interface, in the order of names.\npub(crate) static ASSETS: &[Asset] = &[\n",
    );
    let mut paths = String::from(
        "/// Where each file of the interface is served; the hash in it changes with the content.\npub mod path {\n",
    );
    for (name, entry) in entries.iter().filter(|(_, entry)| entry.served) {
        let include = |suffix: &str| {
            format!(
                "include_bytes!({:?})",
                dist.join(format!("{name}{suffix}")).display().to_string()
            )
        };
        let encoded = |encoding: &str| {
            if entry.encodings.iter().any(|known| known == encoding) {
                format!("Some({})", include(&format!(".{encoding}")))
            } else {
                "None".to_owned()
            }
        };
        let _ = writeln!(
            table,
            "    Asset {{ name: {name:?}, hash: {:?}, content_type: {:?}, plain: {}, brotli: {}, gzip: {} }},",
            entry.hash,
            entry.content_type,
            include(""),
            encoded("br"),
            encoded("gz"),
        );
        let constant = name
            .replace(|c: char| !c.is_ascii_alphanumeric(), "_")
            .to_ascii_uppercase();
        let _ = writeln!(
            paths,
            "    /// `{name}`\n    pub const {constant}: &str = \"/assets/{}/{name}\";",
            entry.hash
        );
    }
    let fonts = fonts(dist, &entries);
    Ok(format!("{table}];\n\n{paths}}}\n\n{fonts}"))
}

/// The fonts that are printed with, each by its name: `font::NOTOSANS_BOLD`.
fn fonts(dist: &Path, entries: &BTreeMap<String, Entry>) -> String {
    let mut fonts = String::from("/// The typeface of posters and cards.\npub(crate) mod font {\n");
    let carried = entries.iter().filter(|(_, entry)| !entry.served);
    for name in carried.filter_map(|(name, _)| name.strip_prefix("fonts/")?.strip_suffix(".ttf")) {
        let constant = name
            .replace(|c: char| !c.is_ascii_alphanumeric(), "_")
            .to_ascii_uppercase();
        let file = dist.join(format!("fonts/{name}.ttf")).display().to_string();
        let _ = writeln!(
            fonts,
            "    pub(crate) static {constant}: &[u8] = include_bytes!({file:?});"
        );
    }
    fonts.push_str("}\n");
    fonts
}
