//! A module in Rust with nothing but its standard library: the boundary is C, and this is what it
//! looks like from elsewhere. Counts the events of a request in its receipt, as plugins/example
//! does, and asks a web server to look at each.
//!
//! Only what is used of notify/abi.h is written down here. A struct that may grow is declared as far
//! as it was in 1.0 and never made by value: what the host gives is behind a pointer.
#![allow(non_camel_case_types)]

use std::os::raw::{c_char, c_void};

const NOTIFY_MAGIC: u32 = 0x3159_464e;
const NOTIFY_OK: u32 = 0x0000;
const NOTIFY_RETRY_OFFLINE: u32 = 0x0102;
const NOTIFY_RETRY_UNSURE: u32 = 0x0103;
const NOTIFY_RETRY_LIMITED: u32 = 0x0101;
const NOTIFY_CANCELLED: u32 = 0x0400;
const NOTIFY_REQUEST_PENDING: u64 = 1;
const NOTIFY_REQUEST_RESOLVED: u64 = 3;
const NOTIFY_HTTP_ANSWERED: u32 = 0;
const NOTIFY_HTTP_NOT_SENT: u32 = 1;
const NOTIFY_LOG_INFO: u32 = 1;
const NOTIFY_TEXT: u32 = 1;

#[repr(C)]
#[derive(Clone, Copy)]
pub struct notify_str {
    ptr: *const u8,
    len: usize,
}

#[repr(C)]
pub struct notify_kv {
    key: notify_str,
    value: notify_str,
}

#[repr(C)]
pub struct notify_request {
    size: u32,
    resolution: u32,
    kind: u32,
    reserved: u32,
    created_ms: i64,
    expires_ms: i64,
    id: notify_str,
}

#[repr(C)]
pub struct notify_event {
    size: u32,
    kind: u32,
    attempt: u32,
    audience: u32,
    occurred_ms: i64,
    deadline_ns: u64,
    key: notify_str,
    recipient: notify_str,
    receipt: notify_str,
    request: *const notify_request,
}

#[repr(C)]
pub struct notify_recipient {
    size: u32,
    audience: u32,
    id: notify_str,
    label: notify_str,
}

#[repr(C)]
pub struct notify_result {
    size: u32,
    rc: u32,
    retry_after_ms: u32,
    whole_instance: u32,
    receipt: notify_str,
    message: notify_str,
    detail: notify_str,
    recipients: *const *const notify_recipient,
    n_recipients: usize,
}

#[repr(C)]
pub struct notify_http_request {
    size: u32,
    timeout_ms: u32,
    method: notify_str,
    url: notify_str,
    body: notify_str,
    headers: *const notify_kv,
    n_headers: usize,
}

#[repr(C)]
pub struct notify_http_response {
    size: u32,
    outcome: u32,
    status: u32,
}

type HttpDone = unsafe extern "C" fn(*mut c_void, *const notify_http_response);

#[repr(C)]
pub struct notify_host {
    size: u32,
    abi_major: u16,
    abi_minor: u16,
    ctx: *mut c_void,
    log: unsafe extern "C" fn(*const notify_host, u32, notify_str, *const notify_kv, usize),
    config: unsafe extern "C" fn(*const notify_host, *const c_char, usize, *mut notify_str) -> u32,
    config_entry: unsafe extern "C" fn(),
    mono_ns: unsafe extern "C" fn(*const notify_host) -> u64,
    unix_ms: unsafe extern "C" fn(*const notify_host) -> i64,
    http: unsafe extern "C" fn(
        *const notify_host,
        *const notify_http_request,
        HttpDone,
        *mut c_void,
    ) -> u64,
    timer: unsafe extern "C" fn(),
    cancel: unsafe extern "C" fn(*const notify_host, u64),
    count: unsafe extern "C" fn(),
    answer: unsafe extern "C" fn(*const notify_host, u64, *const notify_result) -> u32,
}

#[repr(C)]
pub struct notify_option {
    size: u32,
    kind: u32,
    flags: u32,
    reserved: u32,
    name: *const c_char,
    fallback: *const c_char,
    help: *const c_char,
}

#[repr(C)]
pub struct notify_module {
    magic: u32,
    abi_major: u16,
    needs_minor: u16,
    size: u32,
    reserved: u32,
    event_mask: u64,
    name: *const c_char,
    version: *const c_char,
    options: *const *const notify_option,
    create: unsafe extern "C" fn(*const notify_host, *mut *mut Instance) -> u32,
    destroy: unsafe extern "C" fn(*mut Instance),
    check: Option<unsafe extern "C" fn(*mut Instance, u64)>,
    route: unsafe extern "C" fn(*mut Instance, u64, *const notify_event),
    deliver: unsafe extern "C" fn(*mut Instance, u64, *const notify_event),
    find: Option<unsafe extern "C" fn(*mut Instance, u64, *const notify_event)>,
    abandon: Option<unsafe extern "C" fn(*mut Instance, u64)>,
    extension: Option<unsafe extern "C" fn(*const c_char) -> *const c_void>,
}
// Constants that hold pointers to constants.
unsafe impl Sync for notify_module {}
unsafe impl Sync for notify_option {}

fn text(s: &str) -> notify_str {
    notify_str { ptr: s.as_ptr(), len: s.len() }
}

/// Valid for as long as what it was given in.
unsafe fn view<'a>(s: notify_str) -> &'a [u8] {
    std::slice::from_raw_parts(s.ptr, s.len)
}

/// A delivery that waits for its answer. Its address is the callback's `user`.
struct Call {
    owner: *mut Instance,
    ticket: u64,
    count: u64,
    http: u64,
}

pub struct Instance {
    host: *const notify_host,
    calls: Vec<Box<Call>>,
}

impl Instance {
    fn answer(&self, ticket: u64, rc: u32, receipt: &str, recipients: &[*const notify_recipient]) {
        let result = notify_result {
            size: std::mem::size_of::<notify_result>() as u32,
            rc,
            retry_after_ms: if rc == NOTIFY_RETRY_LIMITED { 30 * 60 * 1000 } else { 0 },
            whole_instance: 0,
            receipt: text(receipt),
            message: text(""),
            detail: text(""),
            recipients: recipients.as_ptr(),
            n_recipients: recipients.len(),
        };
        unsafe { ((*self.host).answer)(self.host, ticket, &result) };
    }

    fn log(&self, line: &str, request: notify_str) {
        let field = notify_kv { key: text("request"), value: request };
        unsafe { ((*self.host).log)(self.host, NOTIFY_LOG_INFO, text(line), &field, 1) };
    }

    /// The address that is configured, and a copy of it: the host's is borrowed.
    fn url(&self) -> String {
        let mut value = text("");
        let name = URL.name;
        let rc = unsafe { ((*self.host).config)(self.host, name, 0, &mut value) };
        let bytes = if rc == NOTIFY_OK { unsafe { view(value) } } else { b"" };
        String::from_utf8_lossy(bytes).into_owned()
    }

    fn send(&mut self, ticket: u64, count: u64, key: notify_str) {
        let url = self.url();
        let request = notify_http_request {
            size: std::mem::size_of::<notify_http_request>() as u32,
            timeout_ms: 0,
            method: text("POST"),
            url: text(&url),
            body: key,
            headers: std::ptr::null(),
            n_headers: 0,
        };
        let mut call = Box::new(Call { owner: self, ticket, count, http: 0 });
        let user = &mut *call as *mut Call as *mut c_void;
        call.http = unsafe { ((*self.host).http)(self.host, &request, answered, user) };
        self.calls.push(call);
    }

    fn take(&mut self, call: *const Call) -> Box<Call> {
        let at = self.calls.iter().position(|c| std::ptr::eq(&**c, call)).unwrap();
        self.calls.swap_remove(at)
    }
}

unsafe extern "C" fn create(host: *const notify_host, out: *mut *mut Instance) -> u32 {
    *out = Box::into_raw(Box::new(Instance { host, calls: Vec::new() }));
    NOTIFY_OK
}

unsafe extern "C" fn destroy(instance: *mut Instance) {
    let instance = Box::from_raw(instance);
    for call in &instance.calls {
        ((*instance.host).cancel)(instance.host, call.http);
        instance.answer(call.ticket, NOTIFY_CANCELLED, "", &[]);
    }
}

unsafe extern "C" fn route(instance: *mut Instance, ticket: u64, _: *const notify_event) {
    let rust = notify_recipient {
        size: std::mem::size_of::<notify_recipient>() as u32,
        audience: 0,
        id: text("rust"),
        label: text("the server that looks"),
    };
    (*instance).answer(ticket, NOTIFY_OK, "", &[&rust]);
}

unsafe extern "C" fn deliver(instance: *mut Instance, ticket: u64, event: *const notify_event) {
    let instance = &mut *instance;
    let before = std::str::from_utf8(view((*event).receipt)).ok().and_then(|r| r.parse().ok());
    if let Some(request) = (*event).request.as_ref() {
        instance.log("looks at a request", request.id);
    }
    instance.send(ticket, before.unwrap_or(0u64).wrapping_add(1), (*event).key);
}

unsafe extern "C" fn answered(user: *mut c_void, response: *const notify_http_response) {
    let call = user as *mut Call;
    let instance = &mut *(*call).owner;
    let call = instance.take(call);
    let rc = match ((*response).outcome, (*response).status) {
        (NOTIFY_HTTP_ANSWERED, 200..=299) => NOTIFY_OK,
        (NOTIFY_HTTP_ANSWERED, 429) => NOTIFY_RETRY_LIMITED,
        (NOTIFY_HTTP_NOT_SENT, _) => NOTIFY_RETRY_OFFLINE,
        _ => NOTIFY_RETRY_UNSURE,
    };
    let receipt = if rc == NOTIFY_OK { call.count.to_string() } else { String::new() };
    instance.answer(call.ticket, rc, &receipt, &[]);
}

static URL: notify_option = notify_option {
    size: std::mem::size_of::<notify_option>() as u32,
    kind: NOTIFY_TEXT,
    flags: 0,
    reserved: 0,
    name: b"rust.url\0".as_ptr() as *const c_char,
    fallback: b"http://127.0.0.1/\0".as_ptr() as *const c_char,
    help: b"what is asked to look\0".as_ptr() as *const c_char,
};

struct Options([*const notify_option; 2]);
unsafe impl Sync for Options {}
static OPTIONS: Options = Options([&URL, std::ptr::null()]);

#[no_mangle]
#[allow(non_upper_case_globals)]
pub static notify_module_v1: notify_module = notify_module {
    magic: NOTIFY_MAGIC,
    abi_major: 1,
    needs_minor: 0,
    size: std::mem::size_of::<notify_module>() as u32,
    reserved: 0,
    event_mask: 1 << NOTIFY_REQUEST_PENDING | 1 << NOTIFY_REQUEST_RESOLVED,
    name: b"rust\0".as_ptr() as *const c_char,
    version: b"1.0\0".as_ptr() as *const c_char,
    options: &OPTIONS.0 as *const _,
    create,
    destroy,
    check: None,
    route,
    deliver,
    find: None,
    abandon: None,
    extension: None,
};
