import { type Connection, patience } from './connection.ts';
import { askDiskUsage } from './disk-usage.ts';
import type { Engine } from './engine.ts';
import type { EngineImage, EngineImageSpace } from './engine-objects.ts';
import { exceptStatus } from './except-status.ts';
import { loadImage, saveImage } from './image-archives.ts';
import { objectPath } from './object-path.ts';

type ImageCalls = Pick<
  Engine,
  'listImages' | 'imageSpace' | 'findImage' | 'imageId' | 'imageDefaults' | 'removeImage' | 'saveImage' | 'loadImage'
>;

const gone = 404;
const noTag = '<none>:<none>';

/** The part of an engine that is about images. */
export function imageCalls(connection: Connection): ImageCalls {
  const { docker, ask } = connection;
  const handle = (reference: string) => docker.getImage(objectPath(reference));

  return {
    async listImages() {
      const found = await ask(patience.question, (abortSignal) => docker.listImages({ abortSignal } as object));
      return found.map(
        ({ Id, RepoTags, Size, Labels, Created }): EngineImage => ({
          id: Id,
          tags: tagsOf(RepoTags),
          bytes: Size,
          labels: Labels ?? {},
          createdAt: new Date(Created * 1000),
        }),
      );
    },

    async imageSpace() {
      const answer = await askDiskUsage<RawUsage>(connection, 'image');
      return answer?.LayersSize === undefined ? null : toSpace(answer.LayersSize, answer.Images ?? []);
    },

    async findImage(id) {
      const found = await ask(patience.question, () => handle(id).inspect().catch(exceptStatus(gone)));
      const history: RawStep[] | undefined = await ask(patience.question, () =>
        handle(id).history().catch(exceptStatus(gone)),
      );
      if (found === undefined || history === undefined) return null;
      return {
        id: found.Id,
        tags: tagsOf(found.RepoTags),
        bytes: found.Size,
        labels: found.Config?.Labels ?? {},
        createdAt: found.Created ? new Date(found.Created) : null,
        layers: found.RootFS?.Layers ?? [],
        steps: history.toReversed().map(toStep),
      };
    },

    async imageId(reference) {
      const found = await ask(patience.question, () => handle(reference).inspect().catch(exceptStatus(gone)));
      return found?.Id ?? null;
    },

    async imageDefaults(reference) {
      const found = await ask(patience.glance, () => handle(reference).inspect().catch(exceptStatus(gone)));
      if (found === undefined) return null;
      const { User = '', Volumes, Labels } = found.Config ?? {};
      return { user: User, volumes: Object.keys(Volumes ?? {}), labels: Labels ?? {} };
    },

    async removeImage(reference) {
      await ask(patience.lengthy, () => handle(reference).remove().catch(exceptStatus(gone)));
    },

    saveImage: (id, names) => saveImage(connection, id, names),
    loadImage: (archive, signal) => loadImage(connection, archive, signal),
  };
}

interface RawUsage {
  readonly LayersSize?: number;
  readonly Images?:
    | readonly { readonly Size: number; readonly SharedSize: number; readonly Containers: number }[]
    | null;
}

/** Docker's own sum: what is in use are the layers that an image with containers has for itself. */
function toSpace(bytes: number, images: NonNullable<RawUsage['Images']>): EngineImageSpace {
  const active = images.filter(({ Containers }) => Containers > 0);
  const used = active.reduce((total, { Size, SharedSize }) => total + Size - Math.max(SharedSize, 0), 0);
  return { count: images.length, active: active.length, bytes, reclaimableBytes: Math.max(bytes - used, 0) };
}

interface RawStep {
  readonly CreatedBy: string;
  readonly Size: number;
  readonly Created: number;
}

function toStep({ CreatedBy, Size, Created }: RawStep) {
  return { instruction: CreatedBy, bytes: Size, createdAt: Created > 0 ? new Date(Created * 1000) : null };
}

function tagsOf(tags: readonly string[] | null | undefined): string[] {
  return (tags ?? []).filter((tag) => tag !== noTag);
}
