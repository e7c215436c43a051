//! A list while it comes in: as large as the operator allows, and no more of it in memory than a block.

use super::sealed_file::{SealedFile, Sealing};
use std::io;
use std::path::Path;
use zeroize::Zeroizing;

/// A list on its way in. Holds a block of it in memory, and the rest sealed on the disk.
pub struct Receiving {
    sealing: Sealing,
    bytes_max: u64,
}

/// Why no more of a list is taken.
#[derive(Debug, thiserror::Error)]
pub enum ReceiveError {
    /// It is larger than the setting `import_megabytes_max` allows.
    #[error("the list is too large")]
    TooLarge,
    /// The disk does not take it.
    #[error("the list cannot be written: {0}")]
    Disk(#[from] io::Error),
}

impl Receiving {
    pub(super) fn begin(
        folder: &Path,
        secret: &Zeroizing<[u8; 32]>,
        bytes_max: u64,
    ) -> io::Result<Self> {
        let sealing = Sealing::begin(folder, secret)?;
        Ok(Self { sealing, bytes_max })
    }

    pub(super) fn finish(self) -> io::Result<SealedFile> {
        self.sealing.finish()
    }

    /// Takes the next bytes.
    ///
    /// # Errors
    /// The list is too large, or the disk is full.
    pub fn push(&mut self, bytes: &[u8]) -> Result<(), ReceiveError> {
        if self.sealing.len() + bytes.len() as u64 > self.bytes_max {
            return Err(ReceiveError::TooLarge);
        }
        Ok(self.sealing.push(bytes)?)
    }

    /// Whether nothing has come yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.sealing.len() == 0
    }
}
