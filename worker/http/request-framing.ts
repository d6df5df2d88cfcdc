/** Where a request ends in what a connection sent, and whether it writes. */
export interface FramedRequest {
  /** Of the first byte behind it. */
  readonly end: number;
  readonly isWrite: boolean;
}

/**
 * The whole request that begins at a byte; undefined where there is none that is plain: it is not all
 * there, is no HTTP/1.1, or asks for anything (another framing, an upgrade, a last answer) that only
 * the real parser knows how to treat.
 *
 * Source: RFC 9112, sections 2 to 6. Complexity: linear in the size of its head.
 */
export function requestAt(bytes: Buffer, from: number): FramedRequest | undefined {
  const headEnd = bytes.indexOf("\r\n\r\n", from, "latin1");
  if (headEnd === -1 || headEnd - from > headBytesMax) return undefined;
  const head = bytes.toString("latin1", from, headEnd + 2);
  if (!requestLine.test(head) || special.test(head)) return undefined;
  const [length, another] = head.matchAll(contentLength);
  if (another !== undefined) return undefined;
  const end = headEnd + 4 + Number(length?.[1] ?? 0);
  return end > bytes.length ? undefined : { end, isWrite: !reads.test(head) };
}

const headBytesMax = 16_384;
const requestLine = /^(?:GET|HEAD|OPTIONS|POST|PUT|DELETE|PATCH) \/\S* HTTP\/1\.1\r\n/u;
const reads = /^(?:GET|HEAD|OPTIONS) /u;
const special =
  /\n(?:transfer-encoding|expect|upgrade|content-length[ \t]|connection:(?![ \t]*keep-alive[ \t]*\r)|[ \t])/iu;
const contentLength = /\ncontent-length:[ \t]*(\d{1,8})[ \t]*\r/giu;
