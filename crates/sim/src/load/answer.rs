//! Reads just as much of an HTTP/1.1 answer as a load driver needs (RFC 9112).

/// Where the parts of a whole answer lie in the bytes received.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Layout {
    pub(super) status: u16,
    pub(super) body_from: usize,
    pub(super) body_to: usize,
}

/// The bytes are not an answer of known length. The driver speaks to our own server alone, which
/// never sends anything else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NoAnswer;

/// The answer at the beginning of these bytes; `None` while more must come.
pub(super) fn read(bytes: &[u8]) -> Result<Option<Layout>, NoAnswer> {
    let Some(head_length) = find(bytes, b"\r\n\r\n") else {
        return Ok(None);
    };
    let head = &bytes[..head_length];
    let status = head
        .strip_prefix(b"HTTP/1.1 ")
        .and_then(|rest| rest.get(..3))
        .and_then(number)
        .and_then(|status| u16::try_from(status).ok())
        .ok_or(NoAnswer)?;
    let body_from = head_length + 4;
    let body_length = content_length(head).ok_or(NoAnswer)?;
    let body_to = body_from.checked_add(body_length).ok_or(NoAnswer)?;
    Ok((bytes.len() >= body_to).then_some(Layout {
        status,
        body_from,
        body_to,
    }))
}

fn content_length(head: &[u8]) -> Option<usize> {
    const NAME: &[u8] = b"content-length:";
    head.split(|byte| *byte == b'\n').find_map(|line| {
        let (name, value) = line.split_at_checked(NAME.len())?;
        name.eq_ignore_ascii_case(NAME)
            .then(|| number(value.trim_ascii()))?
    })
}

fn number(digits: &[u8]) -> Option<usize> {
    let is_number = (1..10).contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit);
    is_number.then(|| {
        digits
            .iter()
            .fold(0, |sum, digit| sum * 10 + usize::from(digit - b'0'))
    })
}

/// Where a text begins.
pub(super) fn find(bytes: &[u8], text: &[u8]) -> Option<usize> {
    bytes.windows(text.len()).position(|window| window == text)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\nDate: now\r\ncontent-Length: 5\r\n\r\nhello";

    #[test]
    fn an_answer_is_whole_with_its_last_byte_and_not_before() {
        for end in 0..ANSWER.len() {
            assert_eq!(read(&ANSWER[..end]), Ok(None), "{end} bytes");
        }
        let layout = read(ANSWER).unwrap().unwrap();
        assert_eq!(layout.status, 200);
        assert_eq!(&ANSWER[layout.body_from..layout.body_to], b"hello");
    }

    #[test]
    fn what_has_no_known_length_or_status_is_no_answer() {
        for bytes in [
            b"HTTP/1.1 200 OK\r\n\r\n".as_slice(),
            b"HTTP/1.1 200 OK\r\ncontent-length: x\r\n\r\n",
            b"HTTP/1.1 200 OK\r\ncontent-length: 9999999999\r\n\r\n",
            b"HTTP/1.0 200 OK\r\ncontent-length: 0\r\n\r\n",
            b"HTTP/1.1 2x0 OK\r\ncontent-length: 0\r\n\r\n",
        ] {
            assert_eq!(read(bytes), Err(NoAnswer));
        }
    }
}
