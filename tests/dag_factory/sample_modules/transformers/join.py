from tests.dag_factory.sample_modules.base import SampleOperator


class JoinTransformer(SampleOperator): ...
