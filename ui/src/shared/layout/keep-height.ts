// Keeping the place of words that go away.
import type { Attachment } from "svelte/attachments";

/** An element keeps the largest height that it had at its width, so that a button below stays under the pointer. */
export const keepsHeight: Attachment<HTMLElement> = (element) => {
  let width = 0;
  let height = 0;
  const observer = new ResizeObserver(() => {
    if (element.offsetWidth !== width) {
      width = element.offsetWidth;
      height = 0;
      element.style.minHeight = "";
    }
    const now = element.getBoundingClientRect().height;
    if (now <= height) return;
    height = now;
    element.style.minHeight = `${height}px`;
  });
  observer.observe(element);
  return () => observer.disconnect();
};
