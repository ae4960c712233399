//! The S3 stand-in: s3s on a folder, and the rules for pages of other origins, which s3s does not know.

mod cors;

use std::{collections::BTreeMap, fs, path::Path};

use http::{Method, Request, Response};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use s3s::{
    auth::SimpleAuth,
    service::{S3Service, S3ServiceBuilder},
};
use s3s_fs::FileSystem;
use tower::ServiceExt;

use crate::{
    host::SECRET_KEY,
    template::{BucketTemplate, CorsRule, local_name},
    wire::{Service, WireBody, error_answer},
};

/// Answers S3 requests whose signature is right.
pub struct S3 {
    service: S3Service,
    cors: BTreeMap<String, Vec<CorsRule>>,
}

/// Why the stand-in does not start.
#[derive(Debug, thiserror::Error)]
pub enum S3Error {
    /// Its folder.
    #[error("cannot create the buckets' folder")]
    Folder(#[from] std::io::Error),
    /// Its file system.
    #[error("cannot open the buckets' folder: {0:?}")]
    FileSystem(s3s_fs::Error),
}

impl S3 {
    /// Serves the folder, each bucket a folder in it, to whoever has one of the access keys; creates the buckets that are
    /// missing.
    pub fn start<'a>(
        folder: &Path,
        buckets: &[BucketTemplate],
        access_keys: impl Iterator<Item = &'a str>,
    ) -> Result<Self, S3Error> {
        fs::create_dir_all(folder)?;
        let mut cors = BTreeMap::new();
        for bucket in buckets {
            let name = local_name(&bucket.logical_id);
            fs::create_dir_all(folder.join(&name))?;
            cors.insert(name, bucket.cors.clone());
        }
        let mut auth = SimpleAuth::new();
        for access_key in access_keys {
            auth.register(access_key.to_owned(), SECRET_KEY.into());
        }
        let mut builder = S3ServiceBuilder::new(FileSystem::new(folder).map_err(S3Error::FileSystem)?);
        builder.set_auth(auth);
        Ok(Self {
            service: builder.build(),
            cors,
        })
    }

    /// The stand-in's answer.
    pub async fn answer(&self, request: Request<Incoming>) -> Response<WireBody> {
        let bucket = request.uri().path().split('/').nth(1).unwrap_or_default();
        let rules = self.cors.get(bucket).map_or(&[][..], Vec::as_slice);
        let allowed = cors::allowed(rules, request.method(), request.headers());
        if request.method() == Method::OPTIONS {
            return cors::preflight(allowed);
        }
        let mut answer = match self.service.clone().oneshot(request).await {
            Ok(answer) => answer.map(|body| body.map_err(Into::into).boxed_unsync()),
            Err(error) => error_answer(Service::S3, 500, "InternalError", &format!("{error:?}")),
        };
        answer.headers_mut().extend(allowed.unwrap_or_default());
        answer
    }
}
