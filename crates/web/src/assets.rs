//! The interface's own files, carried in the binary and kept by browsers for ever.
//!
//! The address holds a hash of the content (`/assets/1f3c…/app.css`), so a new version has a new address and an old
//! one never has to be asked for again. Templates name them by constant: `{{ crate::assets::path::APP_CSS }}`.

use axum::extract::Path;
use axum::http::header::{ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, VARY};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

use crate::problem::Problem;

/// One file and its compressed forms.
pub(crate) struct Asset {
    name: &'static str,
    hash: &'static str,
    content_type: &'static str,
    plain: &'static [u8],
    brotli: Option<&'static [u8]>,
    gzip: Option<&'static [u8]>,
}

include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// `GET /assets/{hash}/{name}`
pub async fn serve(
    Path((hash, name)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let asset = find(&name)
        .filter(|asset| asset.hash == hash)
        .ok_or_else(Problem::not_found)?;
    let (encoding, bytes) = encoded(asset, &headers);
    let mut response = (StatusCode::OK, bytes).into_response();
    let answer = response.headers_mut();
    answer.insert(CONTENT_TYPE, HeaderValue::from_static(asset.content_type));
    answer.insert(
        CACHE_CONTROL,
        HeaderValue::from_static("public, max-age=31536000, immutable"),
    );
    answer.insert(VARY, HeaderValue::from_static("accept-encoding"));
    if let Some(encoding) = encoding {
        answer.insert(CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    Ok(response)
}

fn find(name: &str) -> Option<&'static Asset> {
    ASSETS
        .binary_search_by(|asset| asset.name.cmp(name))
        .ok()
        .map(|index| &ASSETS[index])
}

/// The smallest form that the browser understands.
fn encoded(asset: &'static Asset, headers: &HeaderMap) -> (Option<&'static str>, &'static [u8]) {
    let accepted = headers
        .get(ACCEPT_ENCODING)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let accepts = |name: &str| {
        accepted.split(',').any(|item| {
            let (coding, weight) = item.split_once(';').unwrap_or((item, ""));
            coding.trim().eq_ignore_ascii_case(name)
                && !matches!(weight.trim(), "q=0" | "q=0.0" | "q=0.00" | "q=0.000")
        })
    };
    match (asset.brotli, asset.gzip) {
        (Some(bytes), _) if accepts("br") => (Some("br"), bytes),
        (_, Some(bytes)) if accepts("gzip") => (Some("gzip"), bytes),
        _ => (None, asset.plain),
    }
}

#[cfg(test)]
mod tests {
    use axum::http::header::ACCEPT_ENCODING;
    use axum::http::{HeaderMap, HeaderValue};

    use super::{ASSETS, encoded, find, path};

    #[test]
    fn every_file_is_found_by_its_name() {
        for asset in ASSETS {
            assert!(
                find(asset.name).is_some_and(|found| found.hash == asset.hash),
                "{}",
                asset.name
            );
        }
        assert!(find("../Cargo.toml").is_none());
        assert!(path::APP_CSS.ends_with("/app.css"));
    }

    #[test]
    fn the_smallest_form_that_is_understood_is_sent() {
        let css = find("app.css").unwrap();
        let form = |accept: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT_ENCODING, HeaderValue::from_static(accept));
            encoded(css, &headers).0
        };
        assert_eq!(form("gzip, deflate, br"), Some("br"));
        assert_eq!(form("gzip, br;q=0"), Some("gzip"));
        assert_eq!(form("identity"), None);
        assert_eq!(encoded(css, &HeaderMap::new()).0, None);
    }

    #[test]
    fn styles_and_the_visitors_script_stay_light() {
        let size = |name: &str| {
            find(name)
                .and_then(|asset| asset.brotli)
                .map_or(usize::MAX, <[u8]>::len)
        };
        assert!(
            size("app.css") + size("charts.css") <= 9 * 1024,
            "{} bytes of styles",
            size("app.css") + size("charts.css")
        );
        assert!(
            size("app.css") + size("door.js") + size("scanner.js") + size("sign.svg") <= 12 * 1024
        );
    }
}
