import type { JobRequest } from '../jobs/read.ts';
import type { ImageBackupInput } from './job-input.ts';

export { hasImage, loadKeptImage, nameForImage } from './load-kept-image.ts';

/** The job that keeps an image; it is of no project. */
export function imageRequest(host: string, input: ImageBackupInput): JobRequest {
  return { kind: 'image_backup', host, volume: null, project: null, input };
}
