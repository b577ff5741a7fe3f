// The page: what the server says is the state, drawn anew where it differs from what is shown.
import { configure, drawBody, drawReactions, el } from './blocks.js';

const $ = (id) => document.getElementById(id);
const REASONS = [
  'Hotfix for the checkout outage, INC-2041',
  'Rotate the database credentials before they expire on Friday',
  'Look at slow queries that customers report (ticket 7719)',
  'Restore yesterday’s backup into staging',
  'On call tonight, in case the migration needs a hand',
];
const SEEN = 'seen';
const FLASH_MS = 2400; // as in style.css

let state = null;
let active = null; // the conversation chosen
let shown = null; // the one whose messages are drawn
let animating = false;
const edited = new Map(); // when the last edit of a message came, by ts
let seen = JSON.parse(sessionStorage.getItem(SEEN) ?? '{}'); // newest ts seen, by channel
let reasonIndex = 0;

// ---- Keeping lists as they should be without redrawing what has not changed ----

// Makes the children of `list` those of `items`; `draw` is called for new and changed ones only.
function reconcile(list, items, keyOf, draw) {
  const old = new Map([...list.children].map((node) => [node.dataset.key, node]));
  let before = list.firstChild;
  for (const item of items) {
    const key = keyOf(item);
    const content = JSON.stringify(item);
    const known = old.get(key);
    old.delete(key);
    let node = known;
    if (!known || known.content !== content) {
      node = draw(item, known);
      Object.assign(node, { content });
      node.dataset.key = key;
      if (known && known !== node) {
        if (before === known) before = known.nextSibling;
        known.remove();
      }
    }
    if (node === before) before = before.nextSibling;
    else list.insertBefore(node, before);
  }
  old.forEach((node) => node.remove());
}

// ---- People ----

const userOf = (id) => state.slack.users.find((user) => user.id === id);
const userName = (id) => userOf(id)?.real_name ?? id;
const people = () => state.slack.users.filter((user) => !user.is_bot);
const nameOfEmail = (email) => people().find((user) => user.email === email)?.real_name ?? email;

function avatar(user) {
  if (!user || user.is_bot) return el('span', { className: 'avatar bot', ariaHidden: true }, 'T');
  const initials = user.real_name.split(/\s+/).map((word) => word[0]).slice(0, 2).join('');
  const colour = [...user.id].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % 6;
  return el('span', { className: `avatar c${colour}`, ariaHidden: true }, initials);
}

// ---- Slack ----

const timeOf = (ts) => new Date(Number(ts) * 1000);
const clock = (date) => date.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
const channelName = (channel) => (channel.kind === 'im' ? userName(channel.user) : channel.name);
const messagesIn = (id) => state.slack.messages.filter((message) => message.channel === id);
const unread = (id) => messagesIn(id).filter((message) => message.ts > (seen[id] ?? '')).length;

function markSeen(id) {
  const newest = messagesIn(id).at(-1);
  if (!newest || document.hidden) return;
  seen[id] = newest.ts;
  sessionStorage.setItem(SEEN, JSON.stringify(seen));
}

// The button stays while its count changes, so that it keeps the focus and takes a click.
function drawChannel({ id, label, kind, user, count, current }, known) {
  const node = known ?? el('li', {}, el('button', { type: 'button', onclick: () => show(id) }));
  const button = node.firstChild;
  const mark = kind === 'im' ? avatar(userOf(user)) : el('span', { className: 'hash', ariaHidden: true }, kind === 'private' ? '🔒' : '#');
  const badge = count ? el('span', { className: 'badge', ariaLabel: `${count} unread` }, String(count)) : '';
  button.className = count ? 'unread' : '';
  if (current) button.setAttribute('aria-current', 'true');
  else button.removeAttribute('aria-current');
  button.replaceChildren(mark, el('span', { className: 'label' }, label), badge);
  return node;
}

function drawSidebar() {
  const entries = state.slack.channels.map((channel) => ({
    ...channel,
    label: channelName(channel),
    count: channel.id === active ? 0 : unread(channel.id),
    current: channel.id === active,
  }));
  const dms = entries.filter((entry) => entry.kind === 'im').sort((a, b) => a.label.localeCompare(b.label));
  reconcile($('channels'), entries.filter((entry) => entry.kind !== 'im'), (entry) => entry.id, drawChannel);
  reconcile($('dms'), dms, (entry) => entry.id, drawChannel);
  $('no-dms').hidden = dms.length > 0;
  document.querySelector('.tabs .dot').hidden = !entries.some((entry) => entry.count);
}

function drawMessage(message, known) {
  const author = userOf(message.user);
  const time = timeOf(message.ts);
  const node = el('li', { className: 'message' },
    avatar(author),
    el('div', { className: 'content' },
      el('div', { className: 'byline' },
        el('strong', {}, author?.real_name ?? message.user),
        author?.is_bot ? el('span', { className: 'app-tag' }, 'APP') : null,
        el('time', { dateTime: time.toISOString(), title: time.toLocaleString() }, clock(time))),
      drawBody(message),
      drawReactions(message),
      message.replies?.length ? drawThread(message, known) : null));
  if (!known && animating) node.classList.add('arrived');
  if (known && JSON.parse(known.content).edits !== message.edits) edited.set(message.ts, performance.now());
  flash(node, performance.now() - (edited.get(message.ts) ?? -Infinity));
  return node;
}

// A reaction or a reply often follows an edit at once: the flash goes on where it was.
function flash(node, since) {
  if (since > FLASH_MS) return;
  node.classList.add('changed');
  node.style.setProperty('--since', `-${Math.round(since)}ms`);
}

// The thread that is there already is kept, with what in it has not changed, open or closed.
function drawThread(message, known) {
  const count = message.replies.length;
  const thread = known?.querySelector(':scope > .content > details') ??
    el('details', { open: true }, el('summary'), el('ol', { className: 'thread' }));
  thread.firstChild.textContent = `${count} ${count === 1 ? 'reply' : 'replies'}`;
  reconcile(thread.lastChild, message.replies, (reply) => reply.ts, drawMessage);
  return thread;
}

function drawMessages() {
  const all = messagesIn(active);
  const replies = Map.groupBy ? Map.groupBy(all, (message) => message.thread_ts) : grouped(all);
  const top = (replies.get('') ?? []).map((message) => ({ ...message, replies: replies.get(message.ts) ?? [] }));
  const scroller = $('scroller');
  animating = shown === active; // what was there before one looked has not just arrived
  shown = active;
  const atEnd = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 80;
  reconcile($('messages'), top, (message) => message.channel + message.ts, drawMessage);
  if (atEnd) scroller.scrollTop = scroller.scrollHeight;
  $('empty').hidden = top.length > 0;
  $('empty').textContent = 'Nothing here yet. Create an access request, and the daemon will write.';
}

function grouped(messages) {
  const groups = new Map();
  for (const message of messages) groups.set(message.thread_ts, [...(groups.get(message.thread_ts) ?? []), message]);
  return groups;
}

function show(id) {
  active = id;
  $('messages').replaceChildren();
  drawSlack();
  $('scroller').scrollTop = $('scroller').scrollHeight;
}

function drawSlack() {
  const { channels } = state.slack;
  active = channels.some((channel) => channel.id === active) ? active : channels[0]?.id;
  if (!active) return;
  const channel = channels.find(({ id }) => id === active);
  markSeen(active);
  $('team').textContent = state.slack.team;
  $('conversation-name').textContent = (channel.kind === 'im' ? '' : '# ') + channelName(channel);
  drawSidebar();
  drawMessages();
}

// ---- The cluster ----

// `said` is shown when it worked; what did not work says why itself.
async function post(path, form, said) {
  try {
    const answer = await fetch(path, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(form) });
    const result = await answer.json();
    if (said || !answer.ok) toast(answer.ok ? said : result.error, !answer.ok);
    return answer.ok;
  } catch {
    toast('The demo does not answer. Is it still running?', true);
    return false;
  }
}

const act = (path, form, said) => post('/api/requests' + path, form, said);

let toastTimer = 0;
function toast(text, bad = false) {
  $('toast').textContent = text;
  $('toast').className = `toast shown${bad ? ' bad' : ''}`;
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => $('toast').classList.remove('shown'), 4000);
}

const chip = (name, value, label, checked) =>
  el('label', { className: 'chip' }, el('input', { type: 'checkbox', name, value, checked }), el('span', {}, label));

const option = (user) => el('option', { value: user.email }, user.real_name);

function fillForm() {
  const form = $('create');
  if (form.user.options.length) return;
  form.user.append(...people().map((user) => el('option', { value: user.email }, `${user.real_name} (${user.email})`)));
  $('roles').append(...state.roles.map((role, i) => chip('roles', role, role, i === 0)));
  form.reason.value = REASONS[0];
  offerReviewers();
}

// Everybody but who asks; the first is chosen.
function offerReviewers() {
  const others = people().filter((user) => user.email !== $('create').user.value);
  $('reviewers').replaceChildren(...others.map((user, i) => chip('reviewers', user.email, user.real_name, i === 0)));
}

async function create(event) {
  event.preventDefault();
  const form = event.target;
  const data = new FormData(form);
  const request = {
    user: data.get('user'),
    roles: data.getAll('roles'),
    reason: data.get('reason'),
    suggested_reviewers: data.getAll('reviewers'),
    resources: data.get('resources').split('\n').map((line) => line.trim()).filter(Boolean),
  };
  const done = await act('', request, `${nameOfEmail(request.user)} asked for ${request.roles.join(', ')}`);
  const untouched = form.reason.value === REASONS[reasonIndex];
  if (done && untouched) form.reason.value = REASONS[(reasonIndex = (reasonIndex + 1) % REASONS.length)];
}

function drawReview(review) {
  return el('li', {}, el('span', { className: `state ${review.state}` }, review.state.toLowerCase()), ` by ${nameOfEmail(review.author)}`,
    review.reason ? el('q', {}, review.reason) : null);
}

const fact = (name, value) => (value ? [el('dt', {}, name), el('dd', { 'data-fact': name }, value)] : []);

function drawFacts(request) {
  const reviewers = request.suggested_reviewers.map(nameOfEmail).join(', ');
  return el('dl', {},
    fact('Reason', request.reason), fact('Reviewers', reviewers), fact('Resources', request.resources.join('\n')),
    fact('Resolved', request.resolve_reason),
    fact('Id', el('code', {}, request.id)));
}

function drawActions(request) {
  const id = request.id;
  const others = people().filter((user) => user.email !== request.user);
  const author = el('select', { ariaLabel: 'Reviewer' }, others.map(option));
  const suggested = others.find((user) => request.suggested_reviewers.includes(user.email));
  if (suggested) author.value = suggested.email;
  const reason = el('input', { type: 'text', placeholder: 'Reason (optional)', ariaLabel: 'Reason' });
  const review = (verdict) => act(`/${id}/review`, { author: author.value, state: verdict, reason: reason.value }, `Reviewed as ${nameOfEmail(author.value)}`);
  const set = (verdict) => act(`/${id}/state`, { state: verdict, reason: reason.value }, `Request ${verdict.toLowerCase()}`);
  const button = (label, className, onclick) => el('button', { type: 'button', className, onclick }, label);
  return el('div', { className: 'actions' },
    el('div', { className: 'row' }, author, reason),
    el('div', { className: 'row' }, button('Approve', 'good', () => review('APPROVED')), button('Deny', 'bad', () => review('DENIED')),
      el('details', { className: 'more' }, el('summary', {}, 'Without a review'),
        el('div', { className: 'row' },
          button('Set approved', '', () => set('APPROVED')), button('Set denied', '', () => set('DENIED')),
          button('Let it expire', '', () => act(`/${id}/expire`, {}, 'Request expired'))))));
}

// What is being typed into the actions of a pending request must outlive a redraw.
function drawRequest(request, known) {
  const pending = request.state === 'PENDING';
  const actions = pending ? known?.querySelector('.actions') ?? drawActions(request) : null;
  const created = new Date(request.created_ms);
  return el('li', { className: 'card request' },
    el('header', {},
      el('strong', {}, nameOfEmail(request.user)), el('span', { className: 'roles' }, request.roles.join(', ')),
      el('span', { className: `state ${request.state}` }, request.state.toLowerCase())),
    el('p', { className: 'note' }, el('time', { dateTime: created.toISOString() }, `asked at ${clock(created)}`)),
    drawFacts(request),
    request.reviews.length ? el('ul', { className: 'reviews' }, request.reviews.map(drawReview)) : null,
    actions);
}

function drawCluster() {
  const { name, requests } = state.cluster;
  $('cluster-name').textContent = name;
  $('no-requests').hidden = requests.length > 0;
  fillForm();
  reconcile($('requests'), requests, (request) => request.id, drawRequest);
}

// ---- The notifier ----

let drawnNotifier = ''; // as JSON; what has not changed stays selected

const preciseClock = (ms) => new Date(ms).toLocaleTimeString();

function instanceFacts(one) {
  return [
    fact('Module', [`${one.name} ${one.version} `, el('code', { title: `sha256 ${one.sha256}` }, one.sha256.slice(0, 12))]),
    fact('Generation', `${one.generation}, since ${preciseClock(one.since_ms)}`),
    fact('State', `${one.state}; ${one.waiting} waiting, ${one.delivered} delivered`),
  ];
}

function reloadText(reload) {
  return reload ? `${reload.good ? 'good' : 'failed'}, at ${preciseClock(reload.ended_ms)}` : 'none yet';
}

// Kept when it changes, so that it keeps the focus; that is also why it is never disabled.
function drawPress({ id, label, busy }, known) {
  const node = known ?? el('li', {}, el('button', { type: 'button', id: `press-${id}`, onclick: () => press(id) }));
  node.firstChild.textContent = label;
  node.firstChild.setAttribute('aria-disabled', String(busy));
  return node;
}

async function press(id) {
  if (state.notifier.busy || !(await post(`/api/notifier/${id}`, {}))) return;
  $('notifier-outcome').scrollIntoView({ block: 'nearest' });
}

function drawOutcome(outcome) {
  const pre = $('notifier-outcome');
  pre.hidden = !outcome;
  if (!outcome) return;
  pre.textContent = (outcome.command ? `$ ${outcome.command}\n` : '') + outcome.text.trimEnd();
  pre.classList.toggle('bad', !outcome.good);
}

function drawNotifier() {
  const { notifier } = state;
  $('notifier').hidden = !notifier;
  const drawn = JSON.stringify(notifier);
  if (!notifier || drawn === drawnNotifier) return;
  drawnNotifier = drawn;
  const { status, trouble, facts, buttons, busy, outcome } = notifier;
  $('notifier-state').textContent = busy ? 'reloading…' : '';
  $('notifier-facts').replaceChildren(...[
    status ? [...status.instances.flatMap(instanceFacts), fact('Last reload', reloadText(status.reload))] : fact('No answer', trouble),
    facts.map(({ name, value }) => fact(name, value)),
  ].flat(2));
  reconcile($('notifier-buttons'), buttons.map((button) => ({ ...button, busy })), ({ id }) => id, drawPress);
  drawOutcome(outcome);
}

// ---- Live ----

function connected(yes) {
  $('connection').textContent = yes ? 'live' : 'reconnecting…';
  $('connection').classList.toggle('live', yes);
}

function follow() {
  const events = new EventSource('/api/events');
  let world = {};
  events.addEventListener('world', ({ data }) => {
    world = JSON.parse(data);
    configure({ emoji: world.emoji });
  });
  events.addEventListener('state', ({ data }) => {
    state = { roles: world.roles ?? [], ...JSON.parse(data) };
    drawSlack();
    drawCluster();
    drawNotifier();
  });
  events.onopen = () => connected(true);
  events.onerror = () => connected(false); // the browser tries again by itself
}

function chooseTab(tab) {
  document.body.dataset.tab = tab;
  document.querySelectorAll('.tabs button').forEach((button) => button.setAttribute('aria-pressed', String(button.dataset.tab === tab)));
}

configure({ userName, channelName: (id) => state.slack.channels.find((channel) => channel.id === id)?.name ?? id });
document.querySelectorAll('.tabs button').forEach((button) => button.addEventListener('click', () => chooseTab(button.dataset.tab)));
document.addEventListener('visibilitychange', () => state && !document.hidden && drawSlack());
$('create').addEventListener('submit', create);
$('create').user.addEventListener('change', offerReviewers);
follow();
