// Sends a file straight into the bucket, to the address that the API has signed for exactly this file.

import { Problem } from '../../api';
import type { ManagedDocument, Upload } from '../../api/recruiter';
import { changeDocument, managedDocument, type Announced } from '../../api/recruiter';

const MEDIA_TYPES: Record<string, string> = {
  pdf: 'application/pdf',
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  pptx: 'application/vnd.openxmlformats-officedocument.presentationml.presentation',
  odt: 'application/vnd.oasis.opendocument.text',
  ods: 'application/vnd.oasis.opendocument.spreadsheet',
  txt: 'text/plain',
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
};
/** What the file dialogue offers. */
export const ACCEPTED = Object.keys(MEDIA_TYPES).map((extension) => `.${extension}`).join(',');
export const MOST_BYTES = 26_214_400;

/** The media type of a file by its name; browsers know some of them only with the right programs installed. */
export function mediaType(fileName: string): string | undefined {
  return MEDIA_TYPES[fileName.split('.').pop()?.toLowerCase() ?? ''];
}

/** A file's name without its extension. */
export function bareName(fileName: string): string {
  return fileName.replace(/\.[^.]+$/, '');
}

/** The browser sets these itself. */
const OWN_HEADERS = ['content-length', 'host'];

/** Puts the file where it belongs; `progressed` hears the part that has been sent, from 0 to 1. */
export function send(file: File, upload: Upload, progressed: (part: number) => void, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(upload.method, upload.url);
    for (const [name, value] of Object.entries(upload.headers)) {
      if (!OWN_HEADERS.includes(name.toLowerCase())) request.setRequestHeader(name, value);
    }
    request.upload.onprogress = ({ loaded, total }) => progressed(total > 0 ? loaded / total : 0);
    request.onload = () => (request.status < 300 ? resolve() : reject(new Problem('unexpected', { status: request.status })));
    request.onerror = () => reject(new Problem('offline'));
    request.onabort = () => reject(new DOMException('', 'AbortError'));
    signal.addEventListener('abort', () => request.abort());
    if (signal.aborted) request.abort();
    else request.send(file);
  });
}

/** Sends the announced file and makes it the document's current one. */
export async function complete(
  file: File,
  { document, upload }: Announced,
  progressed: (part: number) => void,
  signal: AbortSignal,
): Promise<ManagedDocument> {
  await send(file, upload, progressed, signal);
  progressed(1);
  try {
    return await changeDocument(document.id, { uploadId: upload.uploadId }, document.version);
  } catch (error) {
    // Somebody changed the document while the file was on its way; the file is still the right one.
    if (!(error instanceof Problem) || error.type !== 'version-conflict') throw error;
    const now = await managedDocument(document.id);
    return changeDocument(document.id, { uploadId: upload.uploadId }, now.version);
  }
}
