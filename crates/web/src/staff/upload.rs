//! Forms with a file. What else was typed is kept like in any form.

use axum::body::Bytes;
use axum::extract::multipart::MultipartError;
use axum::extract::{FromRequest, Multipart, Request};

use crate::forms::Form;
use crate::problem::Problem;

/// Fields of a form with a file, most.
const PARTS_MAX: usize = 64;

/// A form of several parts.
pub(crate) struct Upload {
    /// What was typed.
    pub form: Form,
    /// The file, if one with content was chosen.
    pub file: Option<Bytes>,
}

impl<S: Send + Sync> FromRequest<S> for Upload {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let parts = Multipart::from_request(request, state).await;
        let mut parts = parts.map_err(|_| Problem::unreadable())?;
        let mut typed = Vec::new();
        let mut file = None;
        while let Some(part) = parts.next_field().await.map_err(refused)? {
            if typed.len() == PARTS_MAX {
                return Err(Problem::unreadable());
            }
            let name = part.name().unwrap_or_default().to_owned();
            if part.file_name().is_some() {
                let bytes = part.bytes().await.map_err(refused)?;
                file = file.or(Some(bytes).filter(|bytes| !bytes.is_empty()));
            } else {
                typed.push((name, part.text().await.map_err(refused)?));
            }
        }
        Ok(Self {
            form: Form::typed(typed),
            file,
        })
    }
}

fn refused(error: MultipartError) -> Problem {
    Problem::of_status(error.status())
}
