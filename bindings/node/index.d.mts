// Written by `hookbridge-generate`: change the definition, not this file.

export * from './index.js';
import * as sdk from './index.js';
export default sdk;
