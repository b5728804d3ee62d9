use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body as Sent;
use axum::extract::State;
use futures::StreamExt as _;
use http::request::Parts;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::*;
use crate::call::tests::call_with;
use crate::clock::Clock;
use crate::tokens::UpstreamTokens;
use crate::upstream::{Body, ContentHost};

type Reply = Box<dyn Fn() -> axum::response::Response + Send + Sync>;

/// A server that gives these answers in turn, the last one for ever.
struct Stage {
    url: String,
    replies: Arc<Mutex<VecDeque<Reply>>>,
    seen: Arc<Mutex<Vec<Parts>>>,
}

type Shared = (Arc<Mutex<VecDeque<Reply>>>, Arc<Mutex<Vec<Parts>>>);

async fn handle(
    State((replies, seen)): State<Shared>,
    request: axum::extract::Request,
) -> axum::response::Response {
    seen.lock().unwrap().push(request.into_parts().0);
    let mut replies = replies.lock().unwrap();
    if replies.len() > 1 { replies.pop_front().unwrap()() } else { replies[0]() }
}

impl Stage {
    async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (replies, seen) = Shared::default();
        let routes = Router::new().fallback(handle).with_state((replies.clone(), seen.clone()));
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Self { url, replies, seen }
    }

    fn then(self, reply: impl Fn() -> axum::response::Response + Send + Sync + 'static) -> Self {
        self.replies.lock().unwrap().push_back(Box::new(reply));
        self
    }

    fn then_leads_to(self, url: &str) -> Self {
        let url = url.to_owned();
        self.then(move || answer(302, &[("location", &url), ("set-cookie", "a=canary")], "moved"))
    }

    fn then_says(self, status: u16, headers: &[(&'static str, &'static str)]) -> Self {
        let headers = headers.to_vec();
        self.then(move || answer(status, &headers, "canary-page"))
    }

    fn times(&self) -> usize {
        self.seen.lock().unwrap().len()
    }
}

fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> axum::response::Response {
    let mut response = http::Response::builder().status(status);
    for (name, value) in headers {
        response = response.header(*name, *value);
    }
    response.body(Sent::from(body.to_owned())).unwrap()
}

const KEY: &str = "/download.aspx?tempauth=canary-key";

fn call(time: Duration) -> Call {
    call_with(Arc::new(UpstreamTokens::fixed("canary-bearer")), time)
}

async fn ask_in(
    call: &Call,
    graph: &Stage,
    hosts: &[&str],
    max_bytes: usize,
) -> Result<Downloaded, ToolError> {
    let base = format!("{}/v1.0", graph.url).parse().unwrap();
    let client = HttpClient::new().unwrap();
    let upstream = Upstream::new("Test", "test_request", base, client, Clock::System);
    let request = Request {
        operation: "content",
        path: vec!["content".into()],
        query: Vec::new(),
        headers: Vec::new(),
        body: Body::None,
        max_bytes,
    };
    let hosts = hosts.iter().map(|host| ContentHost::parse(host).unwrap()).collect();
    upstream.download(call, &request, &ContentHosts::new(hosts, true), "the file").await
}

async fn ask(graph: &Stage, max_bytes: usize) -> Result<Downloaded, ToolError> {
    ask_in(&call(Duration::from_secs(20)), graph, &["127.0.0.1"], max_bytes).await
}

fn content(outcome: Result<Downloaded, ToolError>) -> Download {
    match outcome {
        Ok(Downloaded::Content(download)) => download,
        Ok(Downloaded::Refused(answer)) => panic!("{answer:?}"),
        Err(error) => panic!("{error:?}"),
    }
}

fn failure(outcome: Result<Downloaded, ToolError>) -> ToolError {
    let Err(error) = outcome else { panic!("it went well") };
    assert!(!format!("{error:?} {error}").contains("canary"), "{error:?}");
    error
}

async fn bytes(download: Download) -> Result<Vec<u8>, ToolError> {
    let mut all = Vec::new();
    let mut stream = std::pin::pin!(download.into_stream());
    while let Some(part) = stream.next().await {
        all.extend_from_slice(&part?);
    }
    Ok(all)
}

#[tokio::test]
async fn bytes_come_from_where_the_answer_leads_and_the_bearer_stays_home() {
    let host = Stage::start().await.then_says(200, &[("content-type", "Text/Plain; charset=x")]);
    let graph = Stage::start().await.then_leads_to(&format!("{}{KEY}", host.url));
    let call = call(Duration::from_secs(20));

    let download = content(ask_in(&call, &graph, &["127.0.0.1"], 100).await);

    assert_eq!(download.length(), Some(11));
    assert_eq!(download.media_type(), Some("text/plain"));
    assert_eq!(bytes(download).await.unwrap(), b"canary-page");
    let seen = host.seen.lock().unwrap();
    assert_eq!(seen[0].uri.to_string(), KEY);
    for header in ["authorization", "cookie", "referer", "client-request-id"] {
        assert!(!seen[0].headers.contains_key(header), "{header}");
    }
    assert!(graph.seen.lock().unwrap()[0].headers.contains_key("authorization"));
    let usage = call.usage().snapshot();
    assert_eq!(usage.upstream_requests, 2);
    assert_eq!(usage.upstream_bytes_in, 11 + 5, "the page of the redirect too");
}

#[tokio::test]
async fn an_answer_with_the_bytes_themselves_is_taken() {
    let graph = Stage::start().await.then_says(200, &[]);
    assert_eq!(bytes(content(ask(&graph, 100).await)).await.unwrap(), b"canary-page");
}

#[tokio::test]
async fn an_address_elsewhere_is_not_followed() {
    let host = Stage::start().await.then_says(200, &[]);
    for (url, hosts) in [
        (format!("{}{KEY}", host.url), vec![".sharepoint.com"]),
        (format!("{}{KEY}", host.url), vec!["127.0.0.1:1"]),
        (format!("{}{KEY}", host.url.replace("//", "//u:p@")), vec!["127.0.0.1"]),
        ("http://contoso.sharepoint.com/canary".to_owned(), vec![".sharepoint.com"]),
        ("https://evil.example/canary".to_owned(), vec![".sharepoint.com"]),
        ("file:///canary".to_owned(), vec!["127.0.0.1"]),
        ("https://".to_owned(), vec!["127.0.0.1"]),
    ] {
        let graph = Stage::start().await.then_leads_to(&url);
        let outcome = ask_in(&call(Duration::from_secs(20)), &graph, &hosts, 100).await;
        assert_eq!(failure(outcome).code(), "upstream_unavailable", "{url}");
    }
    let nowhere = Stage::start().await.then_says(302, &[]);
    assert_eq!(failure(ask(&nowhere, 100).await).code(), "upstream_unavailable");
    assert_eq!(host.times(), 0);
}

#[tokio::test]
async fn a_host_that_is_not_allowed_is_for_the_administrator_and_waiting_does_not_help() {
    let graph = Stage::start().await.then_leads_to("https://cdn.example/canary");
    let error = failure(ask(&graph, 100).await);
    let text = error.to_string();
    assert!(text.contains("administrator") && text.contains("GRAPH_CONTENT_HOSTS"), "{text}");
    assert!(!text.contains("try again"), "{text}");
    assert_eq!(error.retry_after(), None);
}

#[tokio::test]
async fn three_addresses_are_followed_and_no_more() {
    for (hops, followed) in [(3, true), (4, false)] {
        let mut host = Stage::start().await;
        let url = format!("{}{KEY}", host.url);
        for _ in 1..hops {
            host = host.then_leads_to("/next?canary");
        }
        let host = host.then_says(200, &[]);
        let graph = Stage::start().await.then_leads_to(&url);

        let outcome = ask(&graph, 100).await;

        assert_eq!(outcome.is_ok(), followed, "{hops}");
        assert_eq!(host.times(), 3);
    }
}

#[tokio::test]
async fn an_address_that_has_run_out_is_asked_for_again_once() {
    for status in [401, 403] {
        let host = Stage::start().await.then_says(status, &[]).then_says(200, &[]);
        let graph = Stage::start().await.then_leads_to(&format!("{}{KEY}", host.url));
        assert_eq!(bytes(content(ask(&graph, 100).await)).await.unwrap(), b"canary-page");
        assert_eq!((graph.times(), host.times()), (2, 2));
    }

    let host = Stage::start().await.then_says(401, &[]);
    let graph = Stage::start().await.then_leads_to(&format!("{}{KEY}", host.url));
    assert_eq!(failure(ask(&graph, 100).await).code(), "upstream_unavailable");
    assert_eq!((graph.times(), host.times()), (2, 2));
}

#[tokio::test]
async fn trouble_that_passes_is_tried_again_twice_for_both_together() {
    let host = Stage::start().await.then_says(503, &[]).then_says(200, &[]);
    let graph = Stage::start().await.then_says(429, &[("retry-after", "0")]);
    let graph = graph.then_leads_to(&format!("{}{KEY}", host.url));
    assert_eq!(bytes(content(ask(&graph, 100).await)).await.unwrap(), b"canary-page");
    assert_eq!((graph.times(), host.times()), (2, 2));

    let host = Stage::start().await.then_says(429, &[("retry-after", "90")]);
    let graph = Stage::start().await.then_leads_to(&format!("{}{KEY}", host.url));
    let error = failure(ask(&graph, 100).await);
    assert_eq!(error.code(), "upstream_throttled");
    assert_eq!(error.retry_after(), Some(Duration::from_secs(90)));
    assert_eq!(host.times(), 1);
}

#[tokio::test]
async fn a_refusal_keeps_its_status_and_only_the_upstreams_words() {
    for status in [403, 404, 423] {
        let host = Stage::start().await.then_says(status, &[]);
        let led = Stage::start().await.then_leads_to(&format!("{}{KEY}", host.url));
        let own = Stage::start().await.then_says(status, &[]);
        for (graph, words) in [(led, &b""[..]), (own, b"canary-page")] {
            let Ok(Downloaded::Refused(answer)) = ask(&graph, 100).await else {
                panic!("{status}");
            };
            assert_eq!(answer.status, status);
            assert_eq!(answer.body, words);
        }
    }
}

#[tokio::test]
async fn more_than_the_cap_never_arrives() {
    let declared = Stage::start().await.then_says(200, &[]);
    let error = failure(ask(&declared, 10).await);
    assert_eq!(error.code(), "too_large");

    let dripping = Stage::start().await.then(|| {
        let parts = (0..4).map(|_| Ok::<_, std::io::Error>("x".repeat(5)));
        axum::response::Response::new(Sent::from_stream(futures::stream::iter(parts)))
    });
    let download = content(ask(&dripping, 10).await);
    assert_eq!(download.length(), None);
    assert_eq!(bytes(download).await.unwrap_err().code(), "too_large");
    assert!(error.to_string().contains("open its url"), "{error}");
}

#[tokio::test]
async fn a_stream_that_breaks_says_so_and_ends() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}{KEY}", listener.local_addr().unwrap());
    let host = tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        let mut asked = [0; 1024];
        assert!(socket.read(&mut asked).await.unwrap() > 0);
        socket.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf").await.unwrap();
    });
    let graph = Stage::start().await.then_leads_to(&url);
    let mut stream = std::pin::pin!(content(ask(&graph, 100).await).into_stream());
    let mut seen = Vec::new();
    while let Some(part) = stream.next().await {
        seen.push(part.map_err(|error| error.code()));
    }
    assert_eq!(seen.last(), Some(&Err("upstream_unavailable")));
    host.await.unwrap();
    assert_eq!(graph.times(), 1, "a sender that takes no ranges is not asked again");
}

/// A host that sends half of nine bytes, and then these answers, one a connection.
async fn breaking(head: &'static str, then: &[&'static str]) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}{KEY}", listener.local_addr().unwrap());
    let first = format!("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n{head}\r\nhalf");
    let answers: Vec<String> =
        std::iter::once(first).chain(then.iter().map(|&answer| answer.to_owned())).collect();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let asked = seen.clone();
    tokio::spawn(async move {
        for answer in answers {
            let (mut socket, _) = listener.accept().await.unwrap();
            let mut request = vec![0; 4096];
            let read = socket.read(&mut request).await.unwrap();
            asked.lock().unwrap().push(String::from_utf8_lossy(&request[..read]).into_owned());
            socket.write_all(answer.as_bytes()).await.unwrap();
        }
    });
    (url, seen)
}

const RANGES: &str = "accept-ranges: bytes\r\netag: \"v1\"\r\n";
const REST: &str =
    "HTTP/1.1 206 Partial Content\r\ncontent-length: 5\r\ncontent-range: bytes 4-8/9\r\n\r\n+rest";

#[tokio::test]
async fn a_stream_that_breaks_goes_on_where_it_broke() {
    let (url, seen) = breaking(RANGES, &[REST]).await;
    let graph = Stage::start().await.then_leads_to(&url);
    let read = bytes(content(ask(&graph, 100).await)).await;
    assert_eq!(read.unwrap(), b"half+rest");
    let seen = seen.lock().unwrap();
    let again = seen[1].to_ascii_lowercase();
    assert!(again.contains("range: bytes=4-\r\n") && again.contains("if-range: \"v1\""), "{again}");
    assert!(!again.contains("authorization"), "{again}");
    assert_eq!(graph.times(), 1, "the address still works");
}

#[tokio::test]
async fn the_rest_of_another_file_is_never_joined_to_the_beginning_of_this_one() {
    let whole = "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nnew bytes";
    let elsewhere = "HTTP/1.1 206 Partial Content\r\ncontent-length: 5\r\ncontent-range: bytes 3-7/9\r\n\r\nother";
    let longer = "HTTP/1.1 206 Partial Content\r\ncontent-length: 5\r\ncontent-range: bytes 4-8/10\r\n\r\nother";
    let beyond = "HTTP/1.1 416 Range Not Satisfiable\r\ncontent-length: 0\r\n\r\n";
    let weak = "accept-ranges: bytes\r\netag: W/\"v1\"\r\n";
    let silent = "etag: \"v1\"\r\n";
    for (head, then) in [
        (RANGES, whole),
        (RANGES, elsewhere),
        (RANGES, longer),
        (RANGES, beyond),
        (weak, REST),
        (silent, REST),
    ] {
        let (url, _) = breaking(head, &[then]).await;
        let graph = Stage::start().await.then_leads_to(&url);
        let error = bytes(content(ask(&graph, 100).await)).await.unwrap_err();
        assert_eq!(error.code(), "upstream_unavailable", "{head} {then}");
    }
}

#[tokio::test]
async fn a_stream_that_breaks_again_and_again_ends() {
    let half =
        "HTTP/1.1 206 Partial Content\r\ncontent-length: 5\r\ncontent-range: bytes 4-8/9\r\n\r\n";
    let (url, seen) = breaking(RANGES, &[half, half, REST]).await;
    let graph = Stage::start().await.then_leads_to(&url);
    let error = bytes(content(ask(&graph, 100).await)).await.unwrap_err();
    assert_eq!(error.code(), "upstream_unavailable");
    assert_eq!(seen.lock().unwrap().len(), 3, "two tries after the first");
}

#[tokio::test]
async fn the_rest_is_asked_for_again_after_a_wait_that_the_host_asked_for() {
    let busy = "HTTP/1.1 503 Service Unavailable\r\nretry-after: 0\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
    let (url, seen) = breaking(RANGES, &[busy, REST]).await;
    let graph = Stage::start().await.then_leads_to(&url);
    let read = bytes(content(ask(&graph, 100).await)).await;
    assert_eq!(read.unwrap(), b"half+rest", "{:?}", seen.lock().unwrap());
}

#[tokio::test]
async fn a_part_that_nobody_asked_for_is_no_file() {
    let host = Stage::start().await.then_says(206, &[("content-range", "bytes 0-10/99")]);
    let graph = Stage::start().await.then_leads_to(&format!("{}{KEY}", host.url));
    let Ok(Downloaded::Refused(answer)) = ask(&graph, 100).await else { panic!() };
    assert_eq!(answer.status, 206);
}

#[tokio::test]
async fn a_stream_that_stops_does_not_outlive_the_call() {
    let silent = Stage::start().await.then(|| {
        let first = futures::stream::iter([Ok::<_, std::io::Error>("x".to_owned())]);
        axum::response::Response::new(Sent::from_stream(first.chain(futures::stream::pending())))
    });
    let call = call(Duration::from_millis(300));
    let download = content(ask_in(&call, &silent, &["127.0.0.1"], 100).await);
    assert_eq!(bytes(download).await.unwrap_err().code(), "timeout");
}
