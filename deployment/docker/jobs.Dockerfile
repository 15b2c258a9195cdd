# The three Flink jobs, for application mode. Built from the repository's root, after mvn package: README.md.
FROM flink:2.3.0-java17

# s3:// and s3a:// for checkpoints and for the releases that jobs fetch.
RUN mkdir -p plugins/s3-fs-hadoop && cp opt/flink-s3-fs-hadoop-2.3.0.jar plugins/s3-fs-hadoop/

# usrlib/prefstream-jobs.jar, and in lib what loads native libraries of models.
COPY --chown=flink:flink deployment/jobs/target/flink/ /opt/flink/

# For standalone deployments. The operator writes a configuration of its own: the manifests say the same.
RUN for role in jobmanager taskmanager client; do \
      echo "env.java.opts.$role: -Dorg.apache.avro.SERIALIZABLE_PACKAGES=io.prefstream.schemas -Dai.djl.offline=true --add-opens=java.base/java.util=ALL-UNNAMED"; \
    done >> conf/config.yaml

USER flink
