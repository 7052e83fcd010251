// Files that go with a message, as text.
import { bytes } from '../pure/format';
import type { Attachment } from '../pure/tree';

const MOST_BYTES = 1024 * 1024;

export interface ReadFiles {
  readonly taken: readonly Attachment[];
  readonly problems: readonly string[];
}

/** Reads files; says of each that is no text, or too long, that it is left out. */
export async function readFiles(files: Iterable<File>): Promise<ReadFiles> {
  const taken: Attachment[] = [];
  const problems: string[] = [];
  for (const file of files) {
    if (file.size > MOST_BYTES) {
      problems.push(`${file.name} has ${bytes(file.size)}; at most ${bytes(MOST_BYTES)} can be attached.`);
      continue;
    }
    try {
      const text = new TextDecoder('utf-8', { fatal: true }).decode(await file.arrayBuffer());
      if (text.includes('\0')) {
        throw new Error('binary');
      }
      taken.push({ name: file.name, text });
    } catch {
      problems.push(`${file.name} is no text.`);
    }
  }
  return { taken, problems };
}
