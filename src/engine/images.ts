import { type Connection, patience } from './connection.ts';
import type { Engine } from './engine.ts';
import type { EngineImage } from './engine-objects.ts';
import { exceptStatus } from './except-status.ts';

type ImageCalls = Pick<Engine, 'listImages' | 'findImage' | 'removeImage'>;

const gone = 404;
const noTag = '<none>:<none>';

/** The part of an engine that is about images. */
export function imageCalls({ docker, ask }: Connection): ImageCalls {
  const handle = (reference: string) => docker.getImage(encodeURIComponent(reference));

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

    async removeImage(reference) {
      await ask(patience.lengthy, () => handle(reference).remove().catch(exceptStatus(gone)));
    },
  };
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
