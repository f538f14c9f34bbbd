from tests.dag_factory.sample_modules.base import SampleOperator


class CsvExtractor(SampleOperator): ...
