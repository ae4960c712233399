//! The S3 stand-in: s3s on a folder.

use std::{fs, path::Path};

use http::{Request, Response};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use s3s::{
    auth::SimpleAuth,
    service::{S3Service, S3ServiceBuilder},
};
use s3s_fs::FileSystem;
use tower::ServiceExt;

use crate::{
    host::{ACCESS_KEY, SECRET_KEY},
    wire::{Service, WireBody, error_answer},
};

/// Answers S3 requests whose signature is right.
pub struct S3(S3Service);

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
    /// Serves the folder, each bucket a folder in it; creates the buckets that are missing.
    pub fn start<'a>(folder: &Path, buckets: impl Iterator<Item = &'a str>) -> Result<Self, S3Error> {
        fs::create_dir_all(folder)?;
        for bucket in buckets {
            fs::create_dir_all(folder.join(bucket))?;
        }
        let mut builder = S3ServiceBuilder::new(FileSystem::new(folder).map_err(S3Error::FileSystem)?);
        builder.set_auth(SimpleAuth::from_single(ACCESS_KEY, SECRET_KEY));
        Ok(Self(builder.build()))
    }

    /// The stand-in's answer.
    pub async fn answer(&self, request: Request<Incoming>) -> Response<WireBody> {
        match self.0.clone().oneshot(request).await {
            Ok(answer) => answer.map(|body| body.map_err(Into::into).boxed_unsync()),
            Err(error) => error_answer(Service::S3, 500, "InternalError", &format!("{error:?}")),
        }
    }
}
