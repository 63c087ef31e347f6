import type { FastifyReply } from 'fastify';

/** Endings of what people read; everything else goes as bytes. None goes as what a browser would run: a page of others is text here. */
const text = /\.(?:txt|log|csv|tsv|json|ndjson|md|sh|py|js|ts|xml|html?|svg|ya?ml|toml|ini|conf|out|err)$/i;

export function contentTypeOf(path: string): string {
  return text.test(path) ? 'text/plain; charset=utf-8' : 'application/octet-stream';
}

/**
 * Headers of what others made: saved and never shown as part of this site.
 * @param name of the file it becomes
 * @see https://www.rfc-editor.org/rfc/rfc6266
 */
export function attachment(reply: FastifyReply, name: string, contentType: string): void {
  const plain = name.replace(/[^\w.-]/g, '_');
  const encoded = encodeURIComponent(name).replace(/['()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
  reply
    .header('content-type', contentType)
    .header('content-disposition', `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`)
    .header('content-security-policy', "default-src 'none'; sandbox");
}
