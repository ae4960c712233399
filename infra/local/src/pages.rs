//! The built portal, served as the cloud's edge does: static files with the template's response headers.

use std::path::{Path, PathBuf};

use axum::body::Body;
use http::{HeaderMap, HeaderValue, Method, Response, StatusCode, Uri, header};

/// Files whose name holds a hash of their content; Vite puts them there.
const HASHED: &str = "assets/";
/// What is served for the path `/`.
const INDEX: &str = "index.html";

/// A folder of static files.
#[derive(Debug)]
pub struct Pages {
    folder: PathBuf,
    headers: HeaderMap,
}

impl Pages {
    /// Serves the folder's files, each with these headers.
    pub fn new(folder: PathBuf, headers: HeaderMap) -> Self {
        Self { folder, headers }
    }

    /// Whether the request is for a file and not for the API or the inbox.
    pub fn are_for(method: &Method, uri: &Uri) -> bool {
        let first = uri.path().split('/').nth(1).unwrap_or_default();
        matches!(*method, Method::GET | Method::HEAD) && !matches!(first, "api" | "inbox")
    }

    /// The file of that path, or 404.
    pub async fn answer(&self, method: &Method, uri: &Uri) -> Response<Body> {
        let name = match uri.path().trim_start_matches('/') {
            "" => INDEX,
            name => name,
        };
        let found = if is_plain(name) {
            tokio::fs::read(self.folder.join(name)).await.ok()
        } else {
            None
        };
        let (status, content_type, bytes) = match found {
            Some(bytes) => (StatusCode::OK, content_type(name), bytes),
            None => (
                StatusCode::NOT_FOUND,
                "text/plain; charset=utf-8",
                b"Not Found".to_vec(),
            ),
        };
        let length = bytes.len();
        let mut response = Response::new(match *method {
            Method::HEAD => Body::empty(),
            _ => Body::from(bytes),
        });
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.extend(self.headers.clone());
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
        headers.insert(header::CONTENT_LENGTH, length.into());
        let forever = status == StatusCode::OK && name.starts_with(HASHED);
        headers.insert(
            header::CACHE_CONTROL,
            HeaderValue::from_static(if forever {
                "public, max-age=31536000, immutable"
            } else {
                "no-cache"
            }),
        );
        response
    }
}

/// Whether the name can only lead to a file within the folder.
fn is_plain(name: &str) -> bool {
    let allowed = |letter: u8| letter.is_ascii_alphanumeric() || b"-_.".contains(&letter);
    name.split('/')
        .all(|part| !part.is_empty() && !part.starts_with('.') && part.bytes().all(allowed))
}

/// A file without extension is a page: S3 keeps those under the path that people see.
fn content_type(name: &str) -> &'static str {
    match Path::new(name).extension().and_then(|extension| extension.to_str()) {
        None | Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("json") => "application/json",
        Some("txt") => "text/plain; charset=utf-8",
        Some(_) => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, Method, StatusCode};
    use http_body_util::BodyExt;

    use super::{Pages, is_plain};

    async fn get(pages: &Pages, path: &str) -> (StatusCode, HeaderMap, Vec<u8>) {
        let answer = pages.answer(&Method::GET, &path.parse().unwrap()).await;
        let (parts, body) = answer.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes().to_vec();
        (parts.status, parts.headers, bytes)
    }

    #[tokio::test]
    async fn pages_are_asked_for_again_and_hashed_files_never() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("assets")).unwrap();
        for (name, text) in [
            ("index.html", "index"),
            ("set-password", "page"),
            ("assets/a-1.js", "code"),
        ] {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        let headers = [("x-content-type-options", "nosniff")];
        let headers = headers.map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
        let pages = Pages::new(folder.path().to_owned(), headers.into_iter().collect());

        for (path, kind, caching, text) in [
            ("/", "text/html; charset=utf-8", "no-cache", "index"),
            ("/set-password", "text/html; charset=utf-8", "no-cache", "page"),
            (
                "/assets/a-1.js",
                "text/javascript; charset=utf-8",
                "public, max-age=31536000, immutable",
                "code",
            ),
        ] {
            let (status, headers, bytes) = get(&pages, path).await;
            assert_eq!((status, bytes), (StatusCode::OK, text.as_bytes().to_vec()), "{path}");
            assert_eq!(headers["content-type"], kind);
            assert_eq!(headers["cache-control"], caching);
            assert_eq!(headers["x-content-type-options"], "nosniff");
        }
        let (status, headers, _) = get(&pages, "/assets/gone-2.js").await;
        assert_eq!(
            (status, &headers["cache-control"]),
            (StatusCode::NOT_FOUND, &"no-cache".parse().unwrap())
        );
    }

    #[test]
    fn no_name_leads_out_of_the_folder() {
        for name in [
            "../secret",
            "a/../../b",
            "/etc/passwd",
            "a//b",
            ".git/config",
            "a\\..\\b",
            "%2e%2e/x",
            "a\0",
        ] {
            assert!(!is_plain(name), "{name}");
        }
        assert!(is_plain("assets/index-Bx_1.js"));
    }

    #[test]
    fn the_api_and_the_inbox_are_no_pages() {
        let for_pages = |method: Method, path: &str| Pages::are_for(&method, &path.parse().unwrap());
        assert!(for_pages(Method::GET, "/") && for_pages(Method::HEAD, "/favicon.svg"));
        assert!(!for_pages(Method::GET, "/api/me") && !for_pages(Method::GET, "/inbox?to=a"));
        assert!(!for_pages(Method::POST, "/"));
    }
}
