export { specificationOf } from './specification.ts';
export { MountSpecification, SpecificationTarget } from './specification-model.ts';
