//! One connection of the driver: a request at a time, its bytes out and its answer in.

use super::{Answer, answer};
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// More than any answer that a load driver asks for.
const ANSWER_BYTES_MAX: usize = 1 << 20;

pub(super) struct Connection {
    stream: TcpStream,
    received: Vec<u8>,
    length: usize,
    whole: Option<answer::Layout>,
    /// When the request under way was due.
    asked: Option<Duration>,
    is_alive: bool,
}

impl Connection {
    pub(super) fn open(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_nonblocking(true)?;
        Ok(Self {
            stream,
            received: vec![0; 4096],
            length: 0,
            whole: None,
            asked: None,
            is_alive: true,
        })
    }

    pub(super) fn stream(&self) -> &TcpStream {
        &self.stream
    }

    pub(super) fn is_alive(&self) -> bool {
        self.is_alive
    }

    pub(super) fn is_asked(&self) -> bool {
        self.asked.is_some()
    }

    /// Sends a request. One that does not fit the socket's empty buffer breaks the connection.
    pub(super) fn ask(&mut self, request: &[u8], due: Duration) -> io::Result<()> {
        match self.stream.write(request) {
            Ok(written) if written == request.len() => {
                self.asked = Some(due);
                Ok(())
            }
            Ok(_) => Err(self.break_off(io::ErrorKind::WriteZero.into())),
            Err(error) => Err(self.break_off(error)),
        }
    }

    /// Takes what has come. When the answer is whole, the time at which its request was due.
    pub(super) fn receive(&mut self) -> io::Result<Option<Duration>> {
        if self.length == self.received.len() {
            if self.length >= ANSWER_BYTES_MAX {
                return Err(self.break_off(io::ErrorKind::FileTooLarge.into()));
            }
            self.received.resize(self.length * 2, 0);
        }
        match self.stream.read(&mut self.received[self.length..]) {
            Ok(0) => return Err(self.break_off(io::ErrorKind::UnexpectedEof.into())),
            Ok(more) => self.length += more,
            Err(error) if is_passing(&error) => return Ok(None),
            Err(error) => return Err(self.break_off(error)),
        }
        match answer::read(&self.received[..self.length]) {
            Ok(None) => Ok(None),
            Ok(Some(layout)) if layout.body_to == self.length && self.asked.is_some() => {
                self.whole = Some(layout);
                Ok(self.asked.take())
            }
            // Bytes that nobody asked for.
            Ok(Some(_)) | Err(answer::NoAnswer) => {
                Err(self.break_off(io::ErrorKind::InvalidData.into()))
            }
        }
    }

    pub(super) fn answer(&self) -> Answer<'_> {
        let layout = self.whole.unwrap_or(answer::Layout {
            status: 0,
            body_from: 0,
            body_to: 0,
        });
        Answer {
            status: layout.status,
            body: &self.received[layout.body_from..layout.body_to],
        }
    }

    pub(super) fn forget_answer(&mut self) {
        self.length = 0;
        self.whole = None;
    }

    /// Breaks the connection if it still waits for an answer, and says whether it did.
    pub(super) fn give_up(&mut self) -> bool {
        let was_asked = self.is_asked();
        if was_asked {
            self.break_off(io::ErrorKind::TimedOut.into());
        }
        was_asked
    }

    fn break_off(&mut self, error: io::Error) -> io::Error {
        self.is_alive = false;
        self.asked = None;
        // It may be closed already, which is as good.
        drop(self.stream.shutdown(std::net::Shutdown::Both));
        error
    }
}

fn is_passing(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted
    )
}
