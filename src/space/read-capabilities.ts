/** What a helper needs to walk folders whoever owns them, and nothing else. */
export const readCapabilities = ['DAC_READ_SEARCH'];
