//! Files of rows: read in pieces, so that one of any size takes little memory.

use std::{
    fs::File,
    io::{self, Read as _},
};

use sha2::{Digest as _, Sha256};

use crate::{
    Digest,
    engine::port::{Answer, Read, Rows},
};

/// How much is read, and sent, at a time, in bytes.
const PIECE: usize = 256 * 1024;

/// How much of a first line is kept, in bytes: more than the build reads.
const HEADER: usize = 128 * 1024;

/// A file that is being read, and hashed on the way.
pub(super) struct Reader {
    file: File,
    hash: Sha256,
    /// Its first line, or the beginning of it.
    header: Vec<u8>,
    header_ended: bool,
}

impl Reader {
    pub(super) fn open(rows: &Rows) -> io::Result<Self> {
        let file = File::open(&rows.path)?;
        if file.metadata()?.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        let mut hash = Sha256::new();
        hash.update(rows.seed.as_bytes());
        Ok(Self {
            file,
            hash,
            header: Vec::new(),
            header_ended: false,
        })
    }

    /// Reads the next piece; an empty one at the end.
    pub(super) fn piece(&mut self) -> io::Result<Vec<u8>> {
        let mut piece = Vec::with_capacity(PIECE);
        let most = u64::try_from(PIECE).unwrap_or(u64::MAX);
        (&self.file).take(most).read_to_end(&mut piece)?;
        self.hash.update(&piece);
        if !self.header_ended {
            let line = piece.split(|byte| *byte == b'\n').next();
            let line = line.unwrap_or_default();
            let room = HEADER.saturating_sub(self.header.len());
            self.header.extend(line.iter().take(room));
            self.header_ended = line.len() < piece.len() || self.header.len() == HEADER;
        }
        Ok(piece)
    }

    /// Returns what was read.
    pub(super) fn whole(self) -> Read {
        let header = String::from_utf8_lossy(&self.header);
        let header = header.strip_prefix('\u{feff}').unwrap_or(&header);
        // An old Macintosh's line ends alone.
        let header = header.split('\r').next().unwrap_or_default();
        Read::Whole {
            digest: Digest::new(self.hash.finalize().into()).to_string(),
            header: header.to_owned(),
        }
    }
}

/// Reads a file to its end.
pub(super) fn measure(rows: &Rows) -> Answer {
    let read = || -> io::Result<Read> {
        let mut reader = Reader::open(rows)?;
        while !reader.piece()?.is_empty() {}
        Ok(reader.whole())
    };
    let read = read().unwrap_or_else(|error| failed(&error));
    read.answer()
}

pub(super) fn failed(error: &io::Error) -> Read {
    Read::Failed(error.to_string())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{Reader, measure};
    use crate::{
        Digest,
        engine::port::{Read, Rows},
    };

    #[test]
    fn reads_in_pieces_and_keeps_the_first_line() {
        let path = std::env::temp_dir().join(format!("samokoder-rows-{}.csv", std::process::id()));
        let text = format!("\u{feff}id,name\r\n{}", "1,x\r\n".repeat(200_000));
        fs::write(&path, &text).unwrap();
        let rows = Rows {
            path: path.clone(),
            seed: Digest::new([7; 32]),
        };
        let mut reader = Reader::open(&rows).unwrap();
        let mut read = Vec::new();
        loop {
            let piece = reader.piece().unwrap();
            if piece.is_empty() {
                break;
            }
            assert!(piece.len() <= super::PIECE);
            read.extend(piece);
        }
        assert_eq!(read, text.as_bytes());
        let Read::Whole { header, digest } = reader.whole() else {
            panic!("it was read");
        };
        assert_eq!(header, "id,name");
        let other = Rows {
            seed: Digest::new([8; 32]),
            ..rows.clone()
        };
        let again = measure(&rows).rows[0][0].clone().unwrap();
        assert_eq!(again, digest);
        assert_ne!(measure(&other).rows[0][0].clone().unwrap(), digest);
        fs::remove_file(path).unwrap();
        assert_eq!(measure(&rows).rows[0].len(), 1);
    }
}
