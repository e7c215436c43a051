//! Stories of messages on their way.

use super::samples::{NOW, sealed};
use crate::People;

pub async fn messages_wait_oldest_first_until_they_are_delivered(store: &impl People) {
    let mut ids = Vec::new();
    for (channel, byte) in [("sms", 1), ("email", 2), ("sms", 3)] {
        let put = store.put_message(channel, &sealed(4, byte), NOW).await;
        ids.push(put.unwrap());
    }
    let waiting = store.waiting_messages(5, 2).await.unwrap();
    let (first, second) = (&waiting[0], &waiting[1]);
    assert_eq!((waiting.len(), first.id, second.id), (2, ids[0], ids[1]));
    assert_eq!(
        (&*second.channel, second.at, second.attempts),
        ("email", NOW, 0)
    );
    assert_eq!(second.sealed, sealed(4, 2));
    store.message_delivered(ids[0]).await.unwrap();
    store.message_delivered(ids[0]).await.unwrap();
    let waiting = store.waiting_messages(5, 9).await.unwrap();
    let waiting: Vec<_> = waiting.iter().map(|message| message.id).collect();
    assert_eq!(waiting, ids[1..]);
}

pub async fn a_message_that_failed_too_often_waits_no_more(store: &impl People) {
    let put = store.put_message("sms", &sealed(1, 1), NOW).await;
    let id = put.unwrap();
    for attempts in 0..3 {
        let waiting = store.waiting_messages(3, 9).await.unwrap();
        assert_eq!(waiting[0].attempts, attempts);
        store.message_failed(id).await.unwrap();
    }
    assert!(store.waiting_messages(3, 9).await.unwrap().is_empty());
    assert_eq!(store.waiting_messages(4, 9).await.unwrap().len(), 1);
}

pub async fn the_number_of_a_message_is_not_used_again(store: &impl People) {
    // A delivery that is reported late must not remove a message that came since.
    let put = store.put_message("sms", &sealed(1, 1), NOW).await;
    let first = put.unwrap();
    store.message_delivered(first).await.unwrap();
    let put = store.put_message("sms", &sealed(1, 2), NOW).await;
    let second = put.unwrap();
    assert_ne!(first, second);
    store.message_delivered(first).await.unwrap();
    assert_eq!(store.waiting_messages(1, 9).await.unwrap().len(), 1);
}
