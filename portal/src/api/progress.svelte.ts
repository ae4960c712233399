/** A wait shorter than this is not worth a word. */
const NOTICEABLE_MILLISECONDS = 300;

let inFlight = 0;
let timer: ReturnType<typeof setTimeout> | undefined;

/** Whether something has been waited for noticeably long. */
export const progress = $state({ visible: false });

/** Shows progress while the work lasts, unless it is done at once. */
export async function withProgress<T>(work: Promise<T>): Promise<T> {
  inFlight += 1;
  timer ??= setTimeout(() => (progress.visible = true), NOTICEABLE_MILLISECONDS);
  try {
    return await work;
  } finally {
    inFlight -= 1;
    if (inFlight === 0) {
      clearTimeout(timer);
      timer = undefined;
      progress.visible = false;
    }
  }
}
