import { Validator } from '@cfworker/json-schema'
import type { ErrorSchema, RJSFSchema, RJSFValidationError, ValidatorType } from '@rjsf/utils'

/** The service judges a form's values; here it is only told which branch of a schema they are of, without eval. */
export const validator: ValidatorType = {
  validateFormData: () => ({ errors: [], errorSchema: {} }),
  isValid: (schema: RJSFSchema, value: unknown, root: RJSFSchema) =>
    new Validator({ ...schema, $defs: root.$defs } as never, '2020-12').validate(value ?? null).valid,
  rawValidation: () => ({}),
  toErrorList: (_errors?: ErrorSchema): RJSFValidationError[] => [],
  reset: () => undefined,
} as ValidatorType & { toErrorList: (errors?: ErrorSchema) => RJSFValidationError[] }

export default validator
