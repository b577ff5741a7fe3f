// Draws Slack messages: Block Kit and mrkdwn to DOM nodes. Text from outside only ever becomes text
// nodes, and links only lead to http, https and mailto.

let emojiByName = {};
let nameOfUser = (id) => id;
let nameOfChannel = (id) => id;

export function configure({ emoji, userName, channelName }) {
  if (emoji) emojiByName = emoji;
  if (userName) nameOfUser = userName;
  if (channelName) nameOfChannel = channelName;
}

export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value == null) continue;
    if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
    else if (name in node && name !== 'list') node[name] = value;
    else node.setAttribute(name, value);
  }
  node.append(...children.flat().filter((child) => child != null && child !== false));
  return node;
}

// ---- mrkdwn ----

const decode = (text) => text.replace(/&(lt|gt|amp);/g, (all, name) => ({ lt: '<', gt: '>', amp: '&' })[name]);

const withEmoji = (text) => text.replace(/:([a-z0-9_+-]+):/g, (all, name) => emojiByName[name] ?? all);

// What may stand in a line, in order of precedence. A mark only counts between something that is no
// word and its like, as in Slack: snake_case_names and 2 * 3 stay as they are.
const markup = (automatic) => new RegExp(
  [
    '`(?<code>[^`\\n]+)`',
    '<(?<reference>[^<>]+)>',
    ...automatic,
    '(?<![\\p{L}\\p{N}*])\\*(?<bold>[^*\\s](?:[^*\\n]*[^*\\s])?)\\*(?![\\p{L}\\p{N}*])',
    '(?<![\\p{L}\\p{N}_])_(?<italic>[^_\\s](?:[^_\\n]*[^_\\s])?)_(?![\\p{L}\\p{N}_])',
    '(?<![\\p{L}\\p{N}~])~(?<strike>[^~\\s](?:[^~\\n]*[^~\\s])?)~(?![\\p{L}\\p{N}~])',
  ].join('|'),
  'gu',
);

const LITERAL = markup([]);
// Where the sender did not ask for the text to be taken literally, what looks like a link is one.
const AUTOMATIC = markup([
  '(?<url>https?://[^\\s<>|]*[^\\s<>|.,;:!?)\\]\'"*_~])',
  '(?<![\\p{L}\\p{N}@.-])(?<domain>(?:[a-z0-9-]+\\.)+[a-z]{2,}(?:/[^\\s<>|]*)?)(?![\\p{L}\\p{N}@-])',
]);

// In the reader's own time zone, as Slack shows it.
function time(when, label) {
  const shown = when.toLocaleString([], { dateStyle: 'medium', timeStyle: 'short' });
  return el('time', { dateTime: when.toISOString(), title: label }, shown);
}

function reference(inside) {
  const bar = inside.indexOf('|');
  const target = decode(bar < 0 ? inside : inside.slice(0, bar));
  const label = bar < 0 ? '' : decode(inside.slice(bar + 1));
  if (/^(https?:|mailto:)/i.test(target)) {
    return el('a', { href: target, target: '_blank', rel: 'noopener noreferrer' }, label || target);
  }
  const date = /^!date\^(\d{1,12})\^/.exec(target);
  if (date) return time(new Date(Number(date[1]) * 1000), label);
  const kinds = { '@': () => '@' + nameOfUser(target.slice(1)), '#': () => '#' + nameOfChannel(target.slice(1)), '!': () => '@' + target.slice(1) };
  const mention = kinds[target[0]];
  return mention ? el('span', { className: 'mention' }, label || mention()) : document.createTextNode(decode(`<${inside}>`));
}

function inlineNode({ code, reference: inside, url, domain, bold, italic, strike }, kinds) {
  if (code !== undefined) return el('code', {}, decode(code));
  if (inside !== undefined) return reference(inside);
  if (url !== undefined) return reference(url);
  if (domain !== undefined) return reference(`http://${domain}|${domain}`);
  if (bold !== undefined) return el('strong', {}, ...inline(bold, kinds));
  if (italic !== undefined) return el('em', {}, ...inline(italic, kinds));
  return el('s', {}, ...inline(strike, kinds));
}

function inline(text, kinds) {
  const nodes = [];
  let from = 0;
  for (const match of text.matchAll(kinds)) {
    nodes.push(decode(withEmoji(text.slice(from, match.index))), inlineNode(match.groups, kinds));
    from = match.index + match[0].length;
  }
  nodes.push(decode(withEmoji(text.slice(from))));
  return nodes;
}

// Lines become lines; runs of lines that begin with > become one quotation.
function lines(text, kinds) {
  const nodes = [];
  let quote = null;
  text.split('\n').forEach((line, i) => {
    const quoted = /^(?:>|&gt;)\s?(.*)$/.exec(line);
    if (quoted) {
      if (!quote) nodes.push((quote = el('blockquote')));
      else quote.append(el('br'));
      quote.append(...inline(quoted[1], kinds));
      return;
    }
    if (i > 0 && !quote) nodes.push(el('br'));
    quote = null;
    nodes.push(...inline(line, kinds));
  });
  return nodes;
}

export function mrkdwn(text, literal) {
  const nodes = [];
  const kinds = literal ? LITERAL : AUTOMATIC;
  // Odd pieces are what stands between two fences.
  text.split('```').forEach((piece, i, all) => {
    const closed = i % 2 === 1 && i < all.length - 1;
    if (closed) nodes.push(el('pre', {}, decode(piece.replace(/^\n|\n$/g, ''))));
    else nodes.push(...lines((i % 2 === 1 ? '```' : '') + (i > 0 ? piece.replace(/^\n/, '') : piece).replace(i < all.length - 1 ? /\n$/ : /$^/, ''), kinds));
  });
  return nodes;
}

// ---- Block Kit ----

function text(object) {
  if (!object) return [];
  return object.type === 'mrkdwn' ? mrkdwn(object.text, object.verbatim) : [withEmoji(object.text)];
}

function element(item) {
  if (item.type === 'button') {
    const style = item.style ? ` ${item.style}` : '';
    const title = 'Buttons in this workspace only show what Slack would show';
    return el('button', { type: 'button', className: 'kit-button' + style, disabled: true, title }, ...text(item.text));
  }
  if (item.type === 'image') return el('span', { className: 'mention' }, item.alt_text);
  return el('span', {}, ...text(item));
}

function richText(node) {
  if (node.type === 'rich_text_preformatted') return el('pre', {}, ...(node.elements ?? []).map(richText));
  if (node.type === 'link') return reference(`${node.url}|${node.text ?? node.url}`);
  if (node.type === 'emoji') return document.createTextNode(emojiByName[node.name] ?? `:${node.name}:`);
  if (typeof node.text === 'string') return document.createTextNode(node.text);
  return el('div', {}, ...(node.elements ?? []).map(richText));
}

const BLOCKS = {
  header: (block) => el('h4', { className: 'kit-header' }, ...text(block.text)),
  divider: () => el('hr'),
  section: (block) =>
    el('div', { className: 'kit-section' },
      el('div', {},
        block.text ? el('div', {}, ...text(block.text)) : null,
        block.fields ? el('div', { className: 'kit-fields' }, block.fields.map((field) => el('div', {}, ...text(field)))) : null),
      block.accessory ? element(block.accessory) : null),
  context: (block) => el('div', { className: 'kit-context' }, block.elements.map(element)),
  actions: (block) => el('div', { className: 'kit-actions' }, block.elements.map(element)),
  image: (block) => el('p', { className: 'mention' }, block.alt_text),
  markdown: (block) => el('div', { className: 'kit-plain' }, block.text),
  rich_text: (block) => richText(block),
};

export function drawBody(message) {
  const drawn = Array.isArray(message.blocks)
    ? message.blocks.map((block) => (BLOCKS[block.type] ?? (() => el('p', { className: 'note' }, `[${block.type}]`)))(block))
    : [el('div', {}, ...mrkdwn(message.text, message.literal))];
  if (message.edited) drawn.push(el('span', { className: 'note' }, ' (edited)'));
  return el('div', { className: 'body' }, drawn);
}

export function drawReactions(message) {
  if (!message.reactions.length) return null;
  return el('ul', { className: 'reactions', ariaLabel: 'Reactions' },
    message.reactions.map(({ name, count }) =>
      el('li', { title: `:${name}:` }, `${emojiByName[name] ?? `:${name}:`} ${count}`)));
}
