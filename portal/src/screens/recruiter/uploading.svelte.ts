import { asProblem, type Problem } from '../../api';
import type { Announced, ManagedDocument, NewUpload } from '../../api/recruiter';
import { recruiterTexts } from '../../texts/recruiter';
import { complete, mediaType, MOST_BYTES } from './upload';

/** The upload of one file: how far it is, and how it went. */
export class Uploading {
  file = $state.raw<File>();
  /** From 0 to 1. */
  part = $state(0);
  done = $state<string>();
  refused = $state<string>();
  cancelled = $state(false);
  problem = $state.raw<Problem>();
  #stop: AbortController | undefined;

  get busy(): boolean {
    return this.file !== undefined;
  }

  /** Announces the file, sends it and completes it; undefined if that was refused or cancelled. */
  async run(files: File[], announce: (file: NewUpload) => Promise<Announced>): Promise<ManagedDocument | undefined> {
    const [file] = files;
    if (this.busy || !file) return undefined;
    const words = recruiterTexts().documents;
    const type = mediaType(file.name);
    this.done = this.problem = undefined;
    this.cancelled = false;
    this.refused =
      files.length > 1 ? words.oneFile : !type ? words.wrongKind : file.size > MOST_BYTES ? words.tooLarge : file.size === 0 ? words.emptyFile : undefined;
    if (this.refused || !type) return undefined;

    const stop = new AbortController();
    this.#stop = stop;
    this.file = file;
    this.part = 0;
    try {
      // Names from some file systems have umlauts as two characters.
      const announced = await announce({ fileName: file.name.normalize('NFC'), mediaType: type, size: file.size });
      const document = await complete(file, announced, (part) => (this.part = part), stop.signal);
      this.done = file.name;
      return document;
    } catch (error) {
      this.cancelled = stop.signal.aborted;
      if (!this.cancelled) this.problem = asProblem(error);
      return undefined;
    } finally {
      this.file = undefined;
    }
  }

  cancel(): void {
    this.#stop?.abort();
  }
}
