//! The Secrets Manager stand-in: generates each secret once and keeps it in a file that only its owner may read.

use std::{
    collections::BTreeMap,
    fs::{self, File, OpenOptions},
    io::{self, Write},
    path::Path,
};

use aws_lc_rs::rand;
use http::{Request, Response, header};
use hyper::body::Bytes;
use serde_json::{Value, json};

use crate::{
    template::{ACCOUNT, REGION, SecretTemplate, kebab_case, local_name},
    wire::{Service, WireBody, error_answer, whole},
};

const LETTERS: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// The secrets by their names.
pub struct Secrets(BTreeMap<String, String>);

impl Secrets {
    /// Reads the template's secrets from the folder, and generates those that are not there yet.
    pub fn open(folder: &Path, secrets: &[SecretTemplate]) -> io::Result<Self> {
        let open = |secret: &SecretTemplate| {
            let value = read_or_generate(folder, &kebab_case(&secret.logical_id), secret.length)?;
            Ok((local_name(&secret.logical_id), value))
        };
        secrets.iter().map(open).collect::<io::Result<_>>().map(Self)
    }

    /// Answers `GetSecretValue`.
    pub fn answer(&self, request: &Request<Bytes>) -> Response<WireBody> {
        let refuse = |kind, message| error_answer(Service::SecretsManager, 400, kind, message);
        let target = request
            .headers()
            .get("x-amz-target")
            .and_then(|target| target.to_str().ok());
        if target != Some("secretsmanager.GetSecretValue") {
            return refuse("UnknownOperationException", "This stand-in knows GetSecretValue only.");
        }
        let body: Value = serde_json::from_slice(request.body()).unwrap_or_default();
        let Some((name, value)) = body["SecretId"].as_str().and_then(|name| self.0.get_key_value(name)) else {
            return refuse(
                "ResourceNotFoundException",
                "Secrets Manager can't find the specified secret.",
            );
        };
        let secret = json!({
            "ARN": format!("arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:{name}"),
            "Name": name,
            "SecretString": value,
            "VersionStages": ["AWSCURRENT"],
        });
        let mut answer = Response::new(whole(secret.to_string()));
        let content_type = header::HeaderValue::from_static("application/x-amz-json-1.1");
        answer.headers_mut().insert(header::CONTENT_TYPE, content_type);
        answer
    }
}

fn read_or_generate(folder: &Path, name: &str, length: usize) -> io::Result<String> {
    let path = folder.join(name);
    match fs::read_to_string(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        read => return read,
    }
    let value = generate(length)?;
    // Renamed when it is whole: half a secret would be taken for one at the next start.
    let unfinished = folder.join(format!("{name}.partial"));
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&unfinished)?;
    file.write_all(value.as_bytes())?;
    file.sync_all()?;
    fs::rename(&unfinished, &path)?;
    File::open(folder)?.sync_all()?;
    Ok(value)
}

fn generate(length: usize) -> io::Result<String> {
    let mut text = String::with_capacity(length);
    while text.len() < length {
        let mut random = [0; 64];
        rand::fill(&mut random).map_err(|_| io::Error::other("no random numbers"))?;
        // The two left over of 64 are drawn again, or some letters would be likelier than others.
        let letters = random.iter().filter_map(|byte| LETTERS.get(usize::from(byte % 64)));
        text.extend(letters.map(|letter| char::from(*letter)).take(length - text.len()));
    }
    Ok(text)
}
