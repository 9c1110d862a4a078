export { hasImage, loadKeptImage, nameForImage } from './load-kept-image.ts';
