//! A file that this process alone can read, and that is gone with it.
//!
//! Lists of people lie on the disk only as long as somebody looks at their report. The file has no name in its
//! folder, and what is written is sealed block by block by a key that exists nowhere but in memory, so that
//! neither a crash nor a copy of the disk leaves a list behind. Memory holds one block, however long the list.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use std::fs::File;
use std::io::{self, Read, Write};
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Arc;
use zeroize::Zeroizing;

/// Bytes that are sealed together.
const BLOCK_BYTES: usize = 64 << 10;
const TAG_BYTES: usize = 16;

/// A file that is being written.
pub(super) struct Sealing {
    file: File,
    key: LessSafeKey,
    block: Zeroizing<Vec<u8>>,
    blocks: u64,
    bytes: u64,
}

impl Sealing {
    /// Begins a file in a folder; `secret` must be used for nothing else.
    pub(super) fn begin(folder: &Path, secret: &Zeroizing<[u8; 32]>) -> io::Result<Self> {
        let key = UnboundKey::new(&AES_256_GCM, &**secret).map_err(io::Error::other)?;
        Ok(Self {
            file: tempfile::tempfile_in(folder)?,
            key: LessSafeKey::new(key),
            block: Zeroizing::new(Vec::with_capacity(BLOCK_BYTES + TAG_BYTES)),
            blocks: 0,
            bytes: 0,
        })
    }

    /// Bytes that were written.
    pub(super) fn len(&self) -> u64 {
        self.bytes
    }

    pub(super) fn push(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        self.bytes += bytes.len() as u64;
        while !bytes.is_empty() {
            let room = (BLOCK_BYTES - self.block.len()).min(bytes.len());
            let (now, later) = bytes.split_at(room);
            self.block.extend_from_slice(now);
            bytes = later;
            if self.block.len() == BLOCK_BYTES {
                self.seal()?;
            }
        }
        Ok(())
    }

    fn seal(&mut self) -> io::Result<()> {
        let sealed =
            self.key
                .seal_in_place_append_tag(nonce(self.blocks), Aad::empty(), &mut *self.block);
        sealed.map_err(io::Error::other)?;
        self.file.write_all(&self.block)?;
        self.block.clear();
        self.blocks += 1;
        Ok(())
    }

    pub(super) fn finish(mut self) -> io::Result<SealedFile> {
        if !self.block.is_empty() {
            self.seal()?;
        }
        Ok(SealedFile {
            file: self.file,
            key: self.key,
            bytes: self.bytes,
        })
    }
}

/// The key is the file's own, so a block's number is unique under it.
fn nonce(block: u64) -> Nonce {
    let mut bytes = [0; NONCE_LEN];
    bytes[..8].copy_from_slice(&block.to_be_bytes());
    Nonce::assume_unique_for_key(bytes)
}

/// A file that can be read, as often as one likes.
pub(super) struct SealedFile {
    file: File,
    key: LessSafeKey,
    bytes: u64,
}

impl SealedFile {
    pub(super) fn read(self: &Arc<Self>) -> SealedReader {
        SealedReader {
            of: Arc::clone(self),
            block: Zeroizing::new(Vec::new()),
            at: 0,
            next: 0,
        }
    }

    /// Reads a block; an empty one behind the end.
    fn open(&self, number: u64, block: &mut Vec<u8>) -> io::Result<()> {
        let begin = number * BLOCK_BYTES as u64;
        let left = usize::try_from(self.bytes.saturating_sub(begin)).unwrap_or(usize::MAX);
        let length = left.min(BLOCK_BYTES);
        block.clear();
        if length == 0 {
            return Ok(());
        }
        block.resize(length + TAG_BYTES, 0);
        let place = number * (BLOCK_BYTES + TAG_BYTES) as u64;
        self.file.read_exact_at(block, place)?;
        let opened = self.key.open_in_place(nonce(number), Aad::empty(), block);
        opened.map_err(|_| io::Error::from(io::ErrorKind::InvalidData))?;
        block.truncate(length);
        Ok(())
    }
}

/// Reads a sealed file from its beginning.
pub(super) struct SealedReader {
    of: Arc<SealedFile>,
    block: Zeroizing<Vec<u8>>,
    at: usize,
    next: u64,
}

impl Read for SealedReader {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.at == self.block.len() {
            self.of.open(self.next, &mut self.block)?;
            self.next += 1;
            self.at = 0;
        }
        let rest = &self.block[self.at..];
        let length = rest.len().min(into.len());
        into[..length].copy_from_slice(&rest[..length]);
        self.at += length;
        Ok(length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sealed(bytes: &[u8], piece: usize) -> Arc<SealedFile> {
        let folder = tempfile::tempdir().expect("a folder");
        let mut sealing = Sealing::begin(folder.path(), &Zeroizing::new([7; 32])).expect("a file");
        for piece in bytes.chunks(piece) {
            sealing.push(piece).expect("written");
        }
        assert_eq!(sealing.len(), bytes.len() as u64);
        let left = std::fs::read_dir(folder.path()).expect("a folder");
        assert_eq!(left.count(), 0, "the file has a name");
        Arc::new(sealing.finish().expect("written"))
    }

    #[test]
    fn what_is_written_is_read_as_often_as_one_likes() {
        for length in [0, 1, BLOCK_BYTES - 1, BLOCK_BYTES, BLOCK_BYTES + 1, 300_000] {
            let bytes: Vec<u8> = (0..length).map(|index| (index % 251) as u8).collect();
            let file = sealed(&bytes, 7_919);
            for _ in 0..2 {
                let mut read = Vec::new();
                file.read().read_to_end(&mut read).expect("read");
                assert_eq!(read, bytes, "{length}");
            }
        }
    }

    #[test]
    fn the_disk_holds_nothing_of_what_was_written() {
        let name = b"Siti Nurhaliza,9901015708900001\n";
        let file = sealed(&name.repeat(5_000), 1 << 20);
        let mut disk = vec![0; 100_000];
        file.file.read_exact_at(&mut disk, 0).expect("read");
        assert!(!disk.windows(14).any(|part| part == &name[..14]));
    }

    #[test]
    fn a_block_that_was_changed_or_moved_is_not_read() {
        let file = sealed(&[1; 3 * BLOCK_BYTES], BLOCK_BYTES);
        let mut first = vec![0; BLOCK_BYTES + TAG_BYTES];
        file.file.read_exact_at(&mut first, 0).expect("read");
        let second = (BLOCK_BYTES + TAG_BYTES) as u64;
        file.file.write_all_at(&first, second).expect("written");
        let mut read = Vec::new();
        let error = file.read().read_to_end(&mut read).expect_err("a fault");
        assert_eq!(error.kind(), io::ErrorKind::InvalidData);
        assert_eq!(read.len(), BLOCK_BYTES);
    }
}
